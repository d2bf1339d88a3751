import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CliError } from './error.ts';
import { readPortalArguments } from './options.ts';
import { explainPortalCommand, portalUsage } from './usage.ts';
import { portalCommands } from './verbs.ts';
import { policyCommand } from './policy/command.ts';

const words = [
  'submit',
  'status',
  'approve',
  'deny',
  'download',
  'stop',
  'resume',
  'tokens',
  'list',
  'create',
  'revoke',

  'past-requests',
  '--project',
  '--policy',
  '--artifact',
  '--key',
  '--url',
  '--token',
  '--timeout',
  '--wait',

  '--everything',
  '--limit',
  '--days',
  '--',
  '-',
  '-x',
  '--wait=yes',
  '--project=',
  '',
  'NaN',
  '1e9',
  '-1',
  '\0',
];
const rubbish = fc.array(fc.oneof(fc.constantFrom(...words), fc.string()), { maxLength: 8 });

describe('arguments', () => {
  it('are understood or refused with a message, whatever they are', () => {
    fc.assert(
      fc.property(rubbish, (args) => {
        try {
          const { verb, timeoutSeconds } = readPortalArguments(args);
          expect(verb).not.toBe('');
          expect(timeoutSeconds).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(CliError);
          expect(error).toMatchObject({
            code: 'USAGE',
            message: expect.stringMatching(/help says all$/) as string,
          });
        }
      }),
    );
  });

  it('of the commands about policies, too', async () => {
    const verbs = fc.constantFrom('validate', 'plan', 'explain', 'fmt');
    await fc.assert(
      fc.asyncProperty(verbs, rubbish, async (verb, args) => {
        const named = args.map((arg) =>
          arg.startsWith('-') ? arg : `/nonexistent/${arg.replaceAll('\0', '')}`,
        );
        const ended = await policyCommand(
          verb,
          [...named, '/nonexistent/a', '--unknown'],
          () => undefined,
        ).catch((error: unknown) => error);
        expect(ended).toBeInstanceOf(CliError);
      }),
      { numRuns: 50 },
    );
  });

  const where = ['--project', 'a', '--policy', 'b'];
  it.each([
    ['status', ['status', 'x', '--wait'], /^status has no option --wait/],
    [
      'an option of another command',
      ['tokens', 'list', '--project', 'a', '--key', 'k', '--days', '3'],
      /--days/,
    ],
    ['a surplus word', ['status', 'x', 'y'], /doesn’t know what to do with y/],
    ['a timeout that is none', ['submit', '--timeout', 'soon'], /--project is missing/],
    ['both or neither', ['stop', '--reason', 'r', '--key', 'k'], /either --project or --everything/],
    ['an empty value', ['download', 'x', '--output', ''], /--output is missing/],
    ['no command', [], /the command is missing/],
    [
      'two proofs',
      ['submit', 'f', ...where, '--bundle', 'b', '--bundle-from', 'github'],
      /either --bundle FILE or/,
    ],
    [
      'a host that keeps none',
      ['submit', 'f', ...where, '--bundle-from', 'gitlab'],
      /is github, not "gitlab"/,
    ],
    ['a run, and nowhere to look', ['submit', 'f', ...where, '--bundle-run', '1'], /goes with --bundle-from/],
    [
      'a run that is no number',
      ['submit', 'f', ...where, '--bundle-from', 'github', '--bundle-run', '1/2'],
      /is the number of a run/,
    ],
  ])('refuse %s', (_, args, said) => {
    expect(() => readPortalArguments(args)).toThrow(said);
  });

  it.each(['soon', '0', '-1', '1e3', '99999999999', ' 5'])('reject %j as a number of seconds', (timeout) => {
    const args = ['submit', '--project', 'a', '--policy', 'b', '--artifact', 'c', `--timeout=${timeout}`];
    expect(() => readPortalArguments(args)).toThrow(/--timeout is a whole number from 1 to 2592000/);
  });

  it('are explained by the help of one command: its usage, its options, no others', () => {
    const submit = explainPortalCommand('submit') ?? '';
    expect(submit).toMatch(/^ {2}countersign submit FILE --project/);
    expect(submit).toMatch(/\n {4}--timeout SECONDS/);
    expect(submit).not.toMatch(/--key FILE|countersign status/);
    expect(explainPortalCommand('tokens')).toMatch(
      /tokens list[^]*tokens create[^]*tokens revoke[^]*--key FILE/,
    );
    for (const verb of portalCommands.keys()) expect(explainPortalCommand(verb), verb).toContain(verb);
    expect(explainPortalCommand('nonsense')).toBeNull();
  });

  it('name a request by its id, and say where to find it if they don’t', () => {
    const page = 'https://sign.example.org/requests/0f8fad5b-d9cb-469f-a165-70867728950e';
    for (const wrong of ['nonsense', page])
      expect(() => readPortalArguments(['status', wrong])).toThrow(/no request’s id\. submit prints it/);
    expect(readPortalArguments(['status', page.slice(-36)]).id).toBe(page.slice(-36));
  });

  it('that ask to verify a file point to what verifies it', () => {
    expect(() => readPortalArguments(['verify', 'x.exe'])).toThrow(/osslsigncode, jarsigner[^]*audit verify/);
  });

  it('are explained for the intended command', () => {
    expect(() => readPortalArguments(['status'])).toThrow(/\n {2}countersign status REQUEST/);
    expect(() => readPortalArguments(['status'])).not.toThrow(/countersign submit/);
    expect(portalUsage).toContain('countersign status REQUEST');
  });
});
