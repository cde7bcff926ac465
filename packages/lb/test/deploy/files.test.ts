/**
 * The files by which it is deployed, where neither Docker nor a cluster is at hand: each is checked by its own
 * rules and against the configuration that it starts.
 */

import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Deployment } from 'kubernetes-models/apps/v1';
import { Job } from 'kubernetes-models/batch/v1';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import { ConfigMap, PersistentVolumeClaim, Service } from 'kubernetes-models/v1';
import { afterAll, describe, expect, test } from 'vitest';
import { parseAllDocuments, parse as parseYamlFile } from 'yaml';
import { environmentLayer } from '../../src/config/environment.ts';
import { fileLayer } from '../../src/config/load.ts';
import { resolveConfig } from '../../src/config/resolve.ts';
import { strategyTable } from '../../src/strategies.ts';
import { Folder, startBackend, startProgram, until } from '../program/support.ts';

const ROOT = resolve(import.meta.dirname, '../../../..');
const textOf = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const folder = new Folder();
afterAll(() => folder.remove());

/** Instructions of the last stage, continuation lines joined. */
function lastStage(): { readonly name: string; readonly rest: string }[] {
  const lines = textOf('Dockerfile')
    .replace(/^#.*\n/gm, '')
    .replace(/\\\n/g, '')
    .split('\n');
  const all = lines.flatMap((line) => {
    const [, name, rest = ''] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
    return name === undefined ? [] : [{ name, rest }];
  });
  return all.slice(all.findLastIndex(({ name }) => name === 'FROM'));
}

const only = (name: string): string => lastStage().findLast((one) => one.name === name)?.rest ?? '';

describe('Dockerfile', () => {
  test('every image has a version, and the last stage runs without rights and without a shell', () => {
    const stages = [...textOf('Dockerfile').matchAll(/^FROM (\S+)(?: AS (\S+))?/gm)];
    const names = stages.map(([, , name]) => name);
    expect(names).toEqual(['checkout', 'build', undefined]);
    for (const [i, [, image]] of stages.entries()) {
      if (!names.slice(0, i).includes(image)) expect(image).toMatch(/^node:\d+-slim$/);
    }
    expect(only('USER')).toBe('node');
    expect(JSON.parse(only('ENTRYPOINT'))).toContain('node');
    expect(only('STOPSIGNAL')).toBe('SIGTERM');
    expect(lastStage().map(({ name }) => name)).not.toContain('ADD');
    expect(textOf('Dockerfile')).not.toMatch(/TOKEN|PASSWORD|sudo|curl .*\|/);
  });

  test('its variables are read, and its port is the one that it shows', () => {
    const pairs = [...only('ENV').matchAll(/(\w+)=(\S+)/g)].map(([, name = '', value = '']) => [
      name,
      value,
    ]);
    const environment = Object.fromEntries(pairs) as Record<string, string>;
    const { config } = environmentLayer({ ...environment, BACKENDS: 'http://a:1' });
    const { listeners, admin } = resolveConfig(config, strategyTable());
    expect(listeners[0]?.at).toEqual({ host: '0.0.0.0', port: Number(only('EXPOSE')) });
    expect(admin).toEqual({ host: '127.0.0.1', port: 9900 });
  });

  test('its health check passes before a running balancer, and fails before none', async () => {
    const backend = await startBackend('a');
    const program = await startProgram([
      ...['--port', '0', '--admin', '0', '--log-format', 'json'],
      ...['--backends', backend.url],
    ]);
    expect(program.url).toMatch(/^http/);
    const admin = /admin listening on http:\/\/127\.0\.0\.1:(\d+)/;
    await until(() => admin.test(program.stderr), 'the line of the admin API');
    const port = admin.exec(program.stderr)?.[1] ?? '';
    const [, command = ''] = /CMD (\[.*\])$/.exec(only('HEALTHCHECK')) ?? [];
    const [, flag = '', code = ''] = JSON.parse(command) as string[];
    const check = () =>
      spawnSync(process.execPath, [flag, code.replace('9900', port)], { timeout: 30_000 }).status;
    expect(check()).toBe(0);
    program.process.kill('SIGKILL');
    await backend.stop();
    expect(check()).toBe(1);
  });
});

describe('compose.yaml', () => {
  interface Compose {
    readonly services: Readonly<
      Record<string, { environment: Record<string, string>; command: string[]; read_only: boolean }>
    >;
  }
  const { services } = parseYamlFile(textOf('compose.yaml'), { merge: true }) as Compose;

  test('the balancer knows every backend under its name and port', () => {
    const { evenkeel, ...backends } = services;
    const urls = Object.entries(backends).map(
      ([name, { environment }]) => `http://${name}:${environment.PORT}`,
    );
    expect(urls).toHaveLength(3);
    expect(evenkeel?.environment.BACKENDS).toBe(urls.join());
    for (const [name, { environment }] of Object.entries(backends)) {
      expect(environment.NAME).toBe(name);
    }
    for (const service of Object.values(services)) expect(service.read_only).toBe(true);
  });

  const hasCompose = spawnSync('docker', ['compose', 'version']).status === 0;
  test.skipIf(!hasCompose)('docker compose can read it (skipped without docker compose)', () => {
    const { status, stderr } = spawnSync('docker', ['compose', 'config', '--quiet'], { cwd: ROOT });
    expect(String(stderr)).toBe('');
    expect(status).toBe(0);
  });
});

describe('examples/kubernetes', () => {
  const MODELS = { Deployment, PodDisruptionBudget, ConfigMap, Service } as const;
  const documents = ['backends.yaml', 'evenkeel.yaml'].flatMap((name) =>
    parseAllDocuments(textOf(`examples/kubernetes/${name}`)).map(
      (document) => document.toJS() as { kind: keyof typeof MODELS },
    ),
  );

  test('each manifest is valid by the published schemas', () => {
    expect(documents.map(({ kind }) => kind).toSorted()).toEqual([
      'ConfigMap',
      'ConfigMap',
      'Deployment',
      'Deployment',
      'PodDisruptionBudget',
      'Service',
      'Service',
    ]);
    for (const document of documents) {
      const Model = MODELS[document.kind];
      new Model(document as never).validate();
    }
    const broken = structuredClone(documents.find(({ kind }) => kind === 'Deployment')) as never;
    (broken as { spec: { replicas: unknown } }).spec.replicas = 'two';
    expect(() => new Deployment(broken).validate()).toThrow('replicas');
  });

  const deployment = (name: string) =>
    documents.find(
      (one) => one.kind === 'Deployment' && (one as unknown as Deployment).metadata?.name === name,
    ) as unknown as Deployment;

  test('the configuration can be used, and ends within the grace period', () => {
    const map = documents.find(
      (one) => one.kind === 'ConfigMap' && 'evenkeel.yaml' in ((one as ConfigMap).data ?? {}),
    ) as unknown as ConfigMap;
    const path = folder.write('evenkeel.yaml', map.data?.['evenkeel.yaml'] ?? '');
    const { config, wrong } = fileLayer(path, { ADMIN_TOKEN: 'a-long-token' });
    expect(wrong?.problems).toEqual([]);
    const { timeouts, listeners, admin, services } = resolveConfig(config, strategyTable());
    const pod = deployment('evenkeel').spec?.template?.spec;
    const graceMs = (pod?.terminationGracePeriodSeconds ?? 0) * 1000;
    expect(timeouts.shutdownDelayMs + timeouts.drainMs).toBeLessThan(graceMs);
    const [container] = pod?.containers ?? [];
    const ports = Object.fromEntries(
      (container?.ports ?? []).map(({ name, containerPort }) => [name, containerPort]),
    );
    expect(ports).toEqual({ http: listeners[0]?.at.port, admin: admin?.port });
    expect(container?.livenessProbe?.httpGet).toEqual({ path: '/healthz', port: 'admin' });
    expect(container?.readinessProbe?.httpGet).toEqual({ path: '/readyz', port: 'admin' });
    expect(services[0]?.discovery[0]?.target).toEqual({ kind: 'dns', name: 'web', port: 8080 });
  });

  test('a backend serves on after it has left the DNS', () => {
    const pod = deployment('web').spec?.template?.spec;
    const wait = pod?.containers[0]?.lifecycle?.preStop?.sleep?.seconds ?? 0;
    expect(wait).toBeGreaterThan(5);
    expect(pod?.terminationGracePeriodSeconds).toBeGreaterThan(wait);
  });
});

describe('examples/kubernetes/sweep.yaml', () => {
  const text = textOf('examples/kubernetes/sweep.yaml');
  const MODELS = { Deployment, Job, PersistentVolumeClaim, Service } as const;
  const documents = parseAllDocuments(text).map(
    (document) => document.toJS() as { kind: keyof typeof MODELS },
  );
  const containers = documents.flatMap(
    (document) => (document as unknown as Deployment).spec?.template?.spec?.containers ?? [],
  );

  test('each manifest is valid by the published schemas', () => {
    for (const document of documents) new MODELS[document.kind](document as never).validate();
    expect(documents.map(({ kind }) => kind).toSorted()).toEqual([
      ...['Deployment', 'Deployment', 'Job', 'Job', 'PersistentVolumeClaim', 'Service'],
    ]);
  });

  test('its image is one that the line in its head builds, of a stage of the Dockerfile', () => {
    const [, stage, image] = /docker build --target (\S+) -t (\S+) \./.exec(text) ?? [];
    expect(textOf('Dockerfile')).toContain(` AS ${stage}\n`);
    const ours = containers.filter(({ command }) => command !== undefined);
    expect(ours.map((one) => one.image)).toEqual([image, image, image]);
  });
});

const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0;

describe('examples/systemd', () => {
  test.skipIf(!hasSystemd)('systemd-analyze finds nothing (skipped without systemd)', () => {
    const program = folder.write('evenkeel', '#!/bin/sh\n');
    chmodSync(program, 0o755);
    const units = join(ROOT, 'examples/systemd');
    const service = readFileSync(join(units, 'evenkeel.service'), 'utf8');
    const copy = folder.write(
      'evenkeel.service',
      service.replace('/usr/local/bin/evenkeel', program),
    );
    copyFileSync(join(units, 'evenkeel.socket'), join(folder.path, 'evenkeel.socket'));
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', copy]);
    const ours = String(stderr)
      .split('\n')
      .filter((line) => line.includes('evenkeel'));
    expect(ours).toEqual([]);
    expect(status).toBe(0);
  });
});
