/** The values that the page carries: JSON, deflated and in base64, so that the file stays small. */

/** Reads the value of an element; null where there is none. */
export async function unpacked(/** @type {string} */ id) {
  const text = document.getElementById(id)?.textContent;
  if (!text) return null;
  const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  return JSON.parse(await new Response(stream).text());
}

/** Gives the reader a file. */
export function download(/** @type {string} */ name, /** @type {Blob} */ blob) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

/** Lines of RFC 4180; a cell that a spreadsheet would take for a formula is text. */
export function csvOf(/** @type {readonly (readonly unknown[])[]} */ rows) {
  const cell = (/** @type {unknown} */ value) => {
    const text = String(value ?? '');
    const safe = /^[=+@\t\r]/.test(text) ? `'${text}` : text;
    return /[",\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

/** Each run of results.json as a line: its figures that are numbers or words. */
export function runsCsv(/** @type {Record<string, any>[]} */ runs) {
  const lines = runs.map((run) => ({
    ...plain(run),
    ...plain(run.requests),
    ...plain(run.requests.errors),
    ...plain(run.latencyMs),
    ...(run.generator === null ? {} : plain(run.generator)),
  }));
  const head = [...new Set(lines.flatMap((line) => Object.keys(line)))];
  return csvOf([head, ...lines.map((line) => head.map((key) => line[key]))]);
}

/** Without what is nested, and without histograms. */
function plain(/** @type {Record<string, any>} */ record) {
  const entries = Object.entries(record).filter(
    ([key, value]) => key !== 'histogram' && (typeof value !== 'object' || value === null),
  );
  return /** @type {Record<string, unknown>} */ (Object.fromEntries(entries));
}
