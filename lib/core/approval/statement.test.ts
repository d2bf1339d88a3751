import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  StatementError,
  approvalStatement,
  parseApprovalStatement,
  parsePolicyAcceptance,
  policyAcceptanceStatement,
} from './index.ts';
import { parseCommitSha } from '../ids/index.ts';
import { statementFields } from './approval.fixture.ts';

const text = approvalStatement(statementFields());

describe('parseApprovalStatement', () => {
  it('reads back what approvalStatement writes', () => {
    expect(parseApprovalStatement(text)).toEqual(statementFields());
    const testSigning = statementFields({ sourceCommit: null, decision: 'deny' });
    expect(parseApprovalStatement(approvalStatement(testSigning))).toEqual(testSigning);
  });

  const edit = (change: (value: Record<string, unknown>) => void): string => {
    const value = JSON.parse(text) as Record<string, unknown>;
    change(value);
    return JSON.stringify(Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))));
  };
  const refusals: readonly [string, string, string][] = [
    ['a space', text.replace(':', ': '), 'NOT_CANONICAL'],
    ['a line feed at the end', `${text}\n`, 'NOT_CANONICAL'],
    ['an escaped letter', text.replace('approve', '\\u0061pprove'), 'NOT_CANONICAL'],
    ['a repeated member', text.replace('{', '{"decision":"deny",'), 'NOT_CANONICAL'],
    ['members in another order', `{${text.slice(1, -1).split(',').reverse().join(',')}}`, 'NOT_CANONICAL'],
    ['text that is no JSON', '{', 'NOT_JSON'],
    ['a JSON array', '[]', 'SHAPE_INVALID'],
    ['null', 'null', 'SHAPE_INVALID'],
    ['an unknown member', edit((value) => (value['note'] = 'x')), 'SHAPE_INVALID'],
    ['a missing member', edit((value) => delete value['policyCommit']), 'SHAPE_INVALID'],
    ['another type', edit((value) => (value['type'] = 'https://example.org')), 'SHAPE_INVALID'],
    ['another decision', edit((value) => (value['decision'] = 'maybe')), 'VALUE_INVALID'],
    ['a date without time', edit((value) => (value['expiresAt'] = '2026-01-01')), 'VALUE_INVALID'],
    ['a digest in capitals', edit((value) => (value['artifactSha256'] = 'A'.repeat(64))), 'VALUE_INVALID'],
    ['a policy with a slash', edit((value) => (value['policy'] = '../release')), 'VALUE_INVALID'],
    [
      'a submitter of a thousand characters',
      edit((value) => (value['submittedBy'] = 'x'.repeat(1000))),
      'VALUE_INVALID',
    ],
    ['no submitter', edit((value) => (value['submittedBy'] = null)), 'VALUE_INVALID'],
    [
      'the version before',
      edit((value) => (value['type'] = 'https://countersign.example/approval/v1')),
      'SHAPE_INVALID',
    ],
    ['a number for an id', edit((value) => (value['request'] = 7)), 'VALUE_INVALID'],
    ['an oversized text', ' '.repeat(5000), 'TOO_LARGE'],
  ];
  it.each(refusals)('refuses %s', (_what, statement, code) => {
    expect(() => parseApprovalStatement(statement)).toThrow(expect.objectContaining({ code }));
  });

  it('accepts no other text than the one it would write, and throws only its own error', () => {
    const position = fc.nat(text.length);
    fc.assert(
      fc.property(position, position, fc.string({ maxLength: 5 }), (start, length, inserted) => {
        const changed = text.slice(0, start) + inserted + text.slice(start + (length % 4));
        try {
          expect(approvalStatement(parseApprovalStatement(changed))).toBe(changed);
        } catch (error) {
          expect(error).toBeInstanceOf(StatementError);
        }
      }),
    );
  });
});

describe('an approval of a request with parameters', () => {
  const parameters = { version: '1.2.3', channel: 'beta' };
  const fields = statementFields({ parameters });
  const withThem = approvalStatement(fields);

  it('states them, in a type of its own', () => {
    expect(JSON.parse(withThem)).toMatchObject({
      type: 'https://countersign.example/approval/v3',
      parameters,
    });
    expect(parseApprovalStatement(withThem)).toEqual(fields);
    expect(text).toContain('/approval/v2');
    expect(text).not.toContain('parameters');
  });

  it.each([
    ['without them', withThem.replace(/"parameters":\{[^}]*\},/, '')],
    ['with none of them', withThem.replace(/\{"channel":[^}]*\}/, '{}')],
    ['in the type without', withThem.replace('/v3', '/v2')],
    ['with a wildcard', withThem.replace('1.2.3', '1.*')],
    ['with a number', withThem.replace('"1.2.3"', '1')],
  ])('is none %s', (_what, changed) => {
    expect(() => parseApprovalStatement(changed)).toThrow(StatementError);
  });

  it('is short enough with as many as a request may have', () => {
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`p${at}`, 'x'.repeat(38)]));
    const whole = approvalStatement(statementFields({ parameters: many, submittedBy: '\n'.repeat(512) }));
    expect(parseApprovalStatement(whole).parameters).toEqual(many);
  });
});

describe('parsePolicyAcceptance', () => {
  it('reads back the commit, and refuses an approval in its place', () => {
    const commit = parseCommitSha('b'.repeat(40));
    expect(parsePolicyAcceptance(policyAcceptanceStatement(commit))).toEqual({ commit });
    expect(() => parsePolicyAcceptance(text)).toThrow(StatementError);
  });
});
