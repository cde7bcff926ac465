/** The one error that this package raises on purpose. */

/** A file that is not results.json: one line that names the field and what was expected. */
export class ResultsError extends Error {
  override readonly name = 'ResultsError';
}
