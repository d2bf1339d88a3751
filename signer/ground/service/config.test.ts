import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { readResponderConfig } from '../../authorities/responder/config.ts';
import { readAuthorityConfig } from '../../authorities/revocation/config.ts';
import { readTsaConfig } from '../../authorities/tsa/config.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-service-config-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function written(config: unknown): string {
  const file = join(folder, 'service.yaml');
  writeFileSync(file, stringify(config));
  return file;
}

const keyHolder = {
  softhsmConf: 'softhsm2.conf',
  tokenLabel: 'token',
  pin: { file: 'pin' },
  registry: 'keys/registry.json',
  journal: 'journal.jsonl',
};
const at = (name: string): string => join(folder, name);
const absoluteKeyHolder = () => ({
  softhsmConf: at('softhsm2.conf'),
  pin: { file: at('pin') },
  registry: at('keys/registry.json'),
  journal: at('journal.jsonl'),
});

describe('configurations of the smaller services have absolute paths', () => {
  it('the timestamp authority’s', () => {
    const config = readTsaConfig(written({ version: 1, serialFile: 'serial', keyHolder }));
    expect(config).toMatchObject({ serialFile: at('serial'), keyHolder: absoluteKeyHolder() });
    expect(() => readTsaConfig(written({ version: 2, serialFile: 'serial', keyHolder }))).toThrow(
      `${at('service.yaml')}:1:10: \`version\` is 2. Write 1.`,
    );
  });

  it('the revocation authority’s', () => {
    const config = { version: 1, register: 'register', publication: 'pub', stateFile: 'state', keyHolder };
    const answers = { socket: 'socket' };
    expect(readAuthorityConfig(written({ ...config, answers }))).toMatchObject({
      register: at('register'),
      publication: at('pub'),
      stateFile: at('state'),
      answers: { socket: at('socket') },
      keyHolder: absoluteKeyHolder(),
    });
    expect(readAuthorityConfig(written({ ...config, answers: {} }))).toMatchObject({
      answers: { socket: null },
    });
    expect(() => readAuthorityConfig(written({ ...config, refreshHours: 168 }))).toThrow(
      'The file’s members don’t fit together. RefreshHours: less than listDays',
    );
    expect(() => readAuthorityConfig(written({ ...config, answers: { socket: 'x'.repeat(101) } }))).toThrow(
      'Write a text of at most 100 characters.',
    );
  });

  it('the responder’s', () => {
    const config = { version: 1, publication: 'pub', authoritySocket: '/run/socket' };
    expect(readResponderConfig(written(config))).toMatchObject({
      publication: at('pub'),
      authoritySocket: '/run/socket',
    });
  });
});
