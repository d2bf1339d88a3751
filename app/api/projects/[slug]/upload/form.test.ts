import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { problemCookie, readProblemCookie } from './form.ts';

const answer = (body: unknown) => new Response(JSON.stringify(body), { status: 422 });
const problem = (message: string, fix = 'Send it again.') => ({
  title: 'x',
  status: 422,
  code: 'ARTIFACT_DIGEST_MISMATCH',
  detail: message,
  fix,
});
const valueOf = (cookie: string): string => /^countersign-upload-problem=([^;]*)/.exec(cookie)?.[1] ?? '';
const values = {
  policy: 'release-signing',
  sha256: '0'.repeat(64),
  parameters: { 'parameters.release-zip.version': '1.2.3' },
};

describe('what was wrong with an upload without scripts', () => {
  it('comes back at its field with what was entered, to that page alone and unreadable for scripts', async () => {
    const cookie = await problemCookie('loom', answer(problem('Another file arrived.')), values);
    expect(cookie).toContain('; Path=/projects/loom/submit; Max-Age=300; HttpOnly; SameSite=Strict');
    expect(readProblemCookie(valueOf(cookie))).toEqual({
      problem: { field: 'sha256', message: 'Another file arrived.', fix: 'Send it again.' },
      values,
    });
  });

  it('is described generally if the answer wasn’t a problem document', async () => {
    const cookie = await problemCookie('loom', new Response('<html>'), values);
    expect(readProblemCookie(valueOf(cookie))).toMatchObject({ problem: { field: null }, values });
  });

  it('fits into a cookie that browsers keep, and is read again, whatever it says', async () => {
    const texts = fc.string({ unit: 'binary', maxLength: 2_000 });
    const long = ['\u0000', '’', '😀', 'x'].map((character) => character.repeat(2_000));
    await fc.assert(
      fc.asyncProperty(fc.oneof(texts, fc.constantFrom(...long)), texts, async (message, typed) => {
        const cookie = await problemCookie('loom', answer(problem(message, message)), {
          policy: typed,
          sha256: typed,
          parameters: { 'parameters.a.b': typed },
        });
        expect(cookie.length).toBeLessThan(4_096);
        const read = readProblemCookie(valueOf(cookie));
        expect(read?.problem.field).toBe('sha256');
        expect(message.startsWith(read?.problem.message ?? 'not read')).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it.each([undefined, '', '%%%', 'bnVsbA', 'e30', 'x'.repeat(5_000)])(
    'is ignored in a malformed cookie: %s',
    (rubbish) => {
      expect(readProblemCookie(rubbish)).toBeNull();
    },
  );
});
