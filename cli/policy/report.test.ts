import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { formatReport } from './report.ts';
import type { ReportEntry } from './report.ts';

const entry: ReportEntry = {
  level: 'error',
  rule: 'schema.value',
  file: 'people/a,b:c d.yaml',
  line: 3,
  column: 5,
  message: '100% wrong:\nthere,',
  fix: 'Mend it.',
};

/** The parts of the SARIF 2.1.0 schema (OASIS) that a report with rules, results and places uses. */
const sarifSchema = {
  type: 'object',
  required: ['version', 'runs'],
  additionalProperties: false,
  properties: {
    $schema: { type: 'string' },
    version: { const: '2.1.0' },
    runs: {
      type: 'array',
      items: {
        type: 'object',
        required: ['tool', 'results'],
        additionalProperties: false,
        properties: {
          tool: {
            type: 'object',
            required: ['driver'],
            properties: {
              driver: {
                type: 'object',
                required: ['name'],
                properties: {
                  name: { type: 'string', minLength: 1 },
                  rules: { type: 'array', uniqueItems: true, items: { type: 'object', required: ['id'] } },
                },
              },
            },
          },
          originalUriBaseIds: { type: 'object' },
          columnKind: { enum: ['utf16CodeUnits', 'unicodeCodePoints'] },
          results: {
            type: 'array',
            items: {
              type: 'object',
              required: ['message', 'ruleId', 'ruleIndex', 'level', 'locations'],
              additionalProperties: false,
              properties: {
                ruleId: { type: 'string' },
                ruleIndex: { type: 'integer', minimum: 0 },
                level: { enum: ['none', 'note', 'warning', 'error'] },
                message: { type: 'object', required: ['text'], properties: { text: { type: 'string' } } },
                locations: {
                  type: 'array',
                  minItems: 1,
                  items: {
                    type: 'object',
                    required: ['physicalLocation'],
                    properties: {
                      physicalLocation: {
                        type: 'object',
                        required: ['artifactLocation', 'region'],
                        properties: {
                          artifactLocation: {
                            type: 'object',
                            required: ['uri'],
                            // RFC 3986: what a URI reference may hold.
                            properties: {
                              uri: { type: 'string', pattern: "^[A-Za-z0-9%/._~!$&'()*+,;=:@-]+$" },
                            },
                          },
                          region: {
                            type: 'object',
                            properties: {
                              startLine: { type: 'integer', minimum: 1 },
                              startColumn: { type: 'integer', minimum: 1 },
                            },
                          },
                        },
                      },
                    },
                  },
                },
              },
            },
          },
        },
      },
    },
  },
};

describe('a report', () => {
  test('is valid SARIF 2.1.0, with percent-encoded places and one rule for each id', () => {
    const sarif: unknown = JSON.parse(
      formatReport([entry, { ...entry, line: 9, level: 'warning' }], 'sarif', 'my policies'),
    );
    const validate = new Ajv({ strict: false }).compile(sarifSchema);
    expect(validate(sarif), JSON.stringify(validate.errors)).toBe(true);
    expect(JSON.stringify(sarif)).toContain('my%20policies/people/a%2Cb%3Ac%20d.yaml');
    expect(sarif).toMatchObject({ runs: [{ tool: { driver: { rules: [{ id: 'schema.value' }] } } }] });
  });

  test('escapes properties and message of a workflow command, so that neither ends early', () => {
    expect(formatReport([entry], 'github', '')).toBe(
      '::error file=people/a%2Cb%3Ac d.yaml,line=3,col=5,title=schema.value::100%25 wrong:%0Athere, Mend it.\n',
    );
  });

  test('never lets a file name start a workflow command of its own', () => {
    const evil = { ...entry, file: 'a\n::set-env name=X::y', message: 'a\r\n::stop-commands::x' };
    for (const format of ['github', 'text'] as const) {
      const lines = formatReport([evil], format, '').split('\n');
      expect(lines.filter((line) => line.startsWith('::')).length).toBe(format === 'github' ? 1 : 0);
    }
  });

  test('escapes control characters instead of sending them to a terminal', () => {
    expect(formatReport([{ ...entry, message: '\u001b[2J\u202e' }], 'text', '')).toContain(
      '\\u{1b}[2J\\u{202e}',
    );
  });

  test('says in JSON whether the policy is valid; warnings alone leave it valid', () => {
    expect(JSON.parse(formatReport([entry], 'json', ''))).toMatchObject({ valid: false });
    expect(JSON.parse(formatReport([{ ...entry, level: 'warning' }], 'json', ''))).toMatchObject({
      valid: true,
      diagnostics: [{ rule: 'schema.value', line: 3 }],
    });
  });
});
