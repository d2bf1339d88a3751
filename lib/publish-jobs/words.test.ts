import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JobRequest, Verdict } from './judge.ts';
import { commentCharactersMax, commentOf, plain, reasonOf } from './words.ts';

const about = { environment: 'release', publicUrl: 'https://sign.example' };
const request = (more: Partial<JobRequest> = {}): JobRequest => ({
  id: '3e7e7c2e-0e0e-4a0e-8a0e-3e7e7c2e0e0e',
  policy: 'release-signing',
  artifactName: 'widget.zip',
  status: 'denied',
  summary: 'The artifact contains malware.',
  release: null,
  ...more,
});
const refused: Verdict = { state: 'rejected', told: 'refused', requests: [request()] };

describe('a comment', () => {
  it('has the signer’s words and the way to the request', () => {
    expect(commentOf(refused, about)).toBe(
      'What its run submitted was not released.\n- [widget.zip](https://sign.example/requests/3e7e7c2e-0e0e-4a0e-8a0e-3e7e7c2e0e0e): The artifact contains malware.',
    );
  });

  it('has the digest of what was released, and says what a started job proves', () => {
    const release = { name: 'widget.zip', sha256: 'b'.repeat(64), isRevoked: false };
    const requests = [request({ status: 'completed', release })];
    const comment = commentOf({ state: 'approved', told: 'released', requests }, about);
    expect(comment).toContain('b'.repeat(64));
    expect(comment).toContain('proves nothing');
  });

  it('leads nowhere and calls nobody by a file’s name or the signer’s words', () => {
    const artifactName = '](https://evil.example) @everyone <img src=x>\n# x www.evil.example \\.';
    const comment = commentOf(
      { ...refused, requests: [request({ artifactName, summary: artifactName })] },
      about,
    );
    expect(comment).not.toContain('](https://evil.example');
    expect(comment).not.toContain('@everyone');
    expect(comment).not.toMatch(/(?<!\\)<img/);
    expect(comment).not.toContain('www.');
    expect(comment.split('\n')).toHaveLength(2);
  });

  it('never exceeds what GitHub takes, whatever the names', () => {
    // Every sign of Markdown takes two characters.
    const starred = request({ artifactName: '*'.repeat(400), summary: '*'.repeat(400) });
    const longest = commentOf({ ...refused, requests: [starred, starred, starred] }, about);
    expect(longest).toContain('https://sign.example/requests');
    expect(longest.length).toBeLessThanOrEqual(commentCharactersMax);
    fc.assert(
      fc.property(fc.string({ maxLength: 400, unit: 'binary' }), fc.nat(300), (text, count) => {
        const requests = Array.from({ length: count }, () => request({ artifactName: text, summary: text }));
        for (const verdict of [
          { ...refused, requests },
          { state: 'rejected', told: 'not-named', requests: [] },
        ] satisfies Verdict[]) {
          const comment = commentOf(verdict, { environment: text, publicUrl: 'https://sign.example' });
          expect(comment.length).toBeLessThanOrEqual(commentCharactersMax);
          expect(comment.isWellFormed()).toBe(true);
        }
      }),
    );
  });

  it('is a sentence without Markdown on the portal’s page', () => {
    expect(reasonOf({ state: 'rejected', told: 'not-named', requests: [] }, 'a_b')).toContain('a_b');
    expect(plain('a_b', 10)).toBe('a\\_b');
  });
});
