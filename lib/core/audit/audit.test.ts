import { describe, expect, it } from 'vitest';
import {
  auditFileNames,
  digestSha256,
  formatDigest,
  headOf,
  lastMonth,
  lineOf,
  parseDay,
  parseDigest,
  problemOfPeriod,
  visiblePart,
  type AuditDigest,
} from './index.ts';

describe('what is seen of an event', () => {
  it('is what the list names, and nothing that somebody wrote', () => {
    const detail = { tokenId: 'a', name: 'for my boss', reason: 'he left', by: 'session', more: 1 };
    expect(visiblePart({ action: 'api-token.revoked', actor: 'person:ada', detail })).toEqual({
      actor: 'person:ada',
      detail: { tokenId: 'a', by: 'session' },
    });
  });

  it.each(['x.unknown', 'constructor', '__proto__', ''])(
    'is neither actor nor detail of kind %j',
    (action) => {
      expect(visiblePart({ action, actor: 'person:ada', detail: { outcome: 'x', id: '1' } })).toEqual({
        actor: null,
        detail: {},
      });
    },
  );

  it('doesn’t say who reported something', () => {
    expect(
      visiblePart({ action: 'report.received', actor: 'github:7', detail: { kind: 'malware' } }),
    ).toEqual({
      actor: 'reporter',
      detail: { kind: 'malware' },
    });
  });

  it.each([null, 'text', 7, [{ kind: 'x' }], { kind: { nested: 'text' } }, { kind: ['x'] }, { kind: NaN }])(
    'is nothing of a detail like %j',
    (detail) => {
      expect(visiblePart({ action: 'report.received', actor: 'public', detail }).detail).toEqual({});
    },
  );

  it('is cut where it is long', () => {
    const { detail } = visiblePart({
      action: 'policy-change.amended',
      actor: 'person:ada',
      detail: { files: 'x'.repeat(5_000) },
    });
    expect(String(detail['files'])).toHaveLength(2_000);
  });
});

describe('a row', () => {
  const columns = ['id', 'said', 'detail'];
  it('is a line of RFC 4180', () => {
    expect(headOf('csv', columns)).toBe('id,said,detail\r\n');
    expect(lineOf('csv', columns, { id: 1, said: 'a "quoted", b\r\nc', detail: { b: 1, a: null } })).toBe(
      '1,"a ""quoted"", b\r\nc","{""a"":null,""b"":1}"\r\n',
    );
    expect(lineOf('csv', columns, { id: null, said: '', detail: [] })).toBe(',,[]\r\n');
  });

  it.each(['=1+1', '+1', '-1', '@x', '\tx', '\r=x', '\n=x', '\uFF1D1', '\uFF0B1', '\uFF0D1', '\uFF201'])(
    'holds no formula: %j',
    (said) => {
      const [, cell = ''] =
        /^1,("?.*"?),\r\n$/su.exec(lineOf('csv', columns, { id: 1, said, detail: null })) ?? [];
      expect(cell.replace(/^"/, '')).toMatch(/^'/u);
      expect(JSON.parse(lineOf('jsonl', columns, { id: 1, said, detail: null }))).toMatchObject({ said });
    },
  );

  it('is canonical JSON on one line', () => {
    expect(headOf('jsonl', columns)).toBe('');
    expect(lineOf('jsonl', columns, { said: 'a\nb', id: 1, detail: { z: 1, a: 2 } })).toBe(
      '{"detail":{"a":2,"z":1},"id":1,"said":"a\\nb"}\n',
    );
  });
});

describe('a period', () => {
  const at = (text: string): Date => new Date(text);
  it('is the month before', () => {
    expect(lastMonth(at('2027-01-05T10:00:00Z'))).toEqual({
      from: at('2026-12-01T00:00:00Z'),
      to: at('2027-01-01T00:00:00Z'),
    });
  });

  it.each([
    ['2026-11-01', '2026-11-01', 'backwards'],
    ['2026-11-02', '2026-11-01', 'backwards'],
    ['2025-01-01', '2026-11-01', 'too-long'],
    ['2026-11-27', '2026-11-28', null],
    ['2026-11-27', '2026-11-28T11:58:00Z', null],
    ['2026-11-27', '2026-11-28T11:58:01Z', 'not-over'],
    ['nothing', '2026-11-28', 'backwards'],
  ])('from %s to %s: %s', (from, to, problem) => {
    expect(problemOfPeriod({ from: at(from), to: at(to) }, at('2026-11-28T12:00:00Z'))).toBe(problem);
  });

  it.each(['2026-02-30', '2026-13-01', '26-01-01', '2026-1-1', '', 'x', '2026-11-28T00:00'])(
    'begins on no day like %j',
    (text) => {
      expect(parseDay(text)).toBeNull();
    },
  );
});

describe('a digest', () => {
  const files = (writer: 'portal' | 'signer') =>
    auditFileNames(writer).map((name, index) => ({
      name,
      sha256: String(index).repeat(64),
      sizeBytes: index * 7,
      rows: index,
    }));
  const digest: AuditDigest = {
    number: 3,
    previous: 'a'.repeat(64),
    exportId: '0d1f6f0e-6c1b-4c5e-9a53-0e1a4a4f0001',
    from: new Date('2026-11-01T00:00:00Z'),
    to: new Date('2026-12-01T00:00:00Z'),
    signedAt: new Date('2026-12-01T00:20:00Z'),
    journal: { first: '7', before: 'b'.repeat(64), last: '19', head: 'c'.repeat(64) },
    signer: files('signer'),
    portal: files('portal'),
  };
  const text = formatDigest(digest);

  it('is read as it was written', () => {
    expect(parseDigest(text)).toEqual(digest);
    const empty = { ...digest, previous: null, journal: null };
    expect(parseDigest(formatDigest(empty))).toEqual(empty);
    expect(digestSha256(text)).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each([
    ['a line more', text + 'x\n'],
    ['a paragraph more', `${text}\nx\n`],
    ['no end of line', text.slice(0, -1)],
    ['another order of files', text.replace('journal.csv', 'approvals.csv')],
    ['a path', text.replace('  journal.csv', '  ../journal.csv')],
    ['capital digits', text.replace('a'.repeat(64), 'A'.repeat(64))],
    ['a number with zeros', text.replace('number 3', 'number 03')],
    ['no such day', text.replace('2026-11-01T', '2026-11-31T')],
    ['no such month', text.replace('2026-11-01T', '2026-13-01T')],
    ['a carriage return', text.replace('number 3\n', 'number 3\r\n')],
    ['another version', text.replace('/1', '/2')],
    ['a transcript of a ceremony', '{"version":1}\n'],
  ])('isn’t one with %s', (_, other) => {
    expect(other).not.toBe(text);
    expect(parseDigest(other)).toBeNull();
  });

  it('takes nothing that has no place in it', () => {
    const [first, ...others] = files('portal');
    const wrong = [
      { ...digest, exportId: 'x\nnumber 4' },
      { ...digest, number: 0 },
      { ...digest, portal: others },
      { ...digest, portal: [{ name: 'audit-events.csv', sha256: 'x', sizeBytes: 1, rows: 1 }, ...others] },
      {
        ...digest,
        portal: [{ ...first, name: 'other.csv', sha256: 'a'.repeat(64), sizeBytes: 1, rows: 1 }, ...others],
      },
      { ...digest, signer: files('signer').map((file) => ({ ...file, rows: -1 })) },
    ];
    for (const one of wrong) expect(() => formatDigest(one)).toThrow(RangeError);
  });
});
