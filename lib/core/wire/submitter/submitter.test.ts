import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePersonHandle, parseProjectSlug } from '../../ids/index.ts';
import { formatSubmitter, parseSubmitter, submittingPerson, tokenNameForm } from './index.ts';
import type { Submitter } from './index.ts';

const handles = fc.stringMatching(/^[a-z0-9](?:[a-z0-9-]{0,20}[a-z0-9])?$/);
const submitters: fc.Arbitrary<Submitter> = fc.oneof(
  handles.map((handle): Submitter => ({ kind: 'person', handle: parsePersonHandle(handle) })),
  fc
    .record({
      project: handles,
      name: fc.oneof(
        fc.stringMatching(tokenNameForm),
        fc.constantFrom('release by person', 'a/b', 'x by token'),
      ),
      maker: fc.option(handles),
    })
    .map(({ project, name, maker }): Submitter => ({
      kind: 'token',
      project: parseProjectSlug(project),
      name,
      maker: maker === null ? null : parsePersonHandle(maker),
    })),
  fc
    .record({
      provider: fc.constantFrom('github', 'gitlab'),
      repositoryId: fc.stringMatching(/^[1-9]\d{0,18}$/),
      run: fc.stringMatching(/^[1-9]\d{0,18}$/),
      attempt: fc.stringMatching(/^[1-9]\d{0,5}$/),
      person: fc.option(handles),
    })
    .map(({ person, ...build }): Submitter => ({
      kind: 'build',
      ...build,
      person: person === null ? null : parsePersonHandle(person),
    })),
);

describe('who submitted a request', () => {
  it('is read back as it was written, whatever a token is called', () => {
    fc.assert(
      fc.property(submitters, (submitter) => {
        expect(parseSubmitter(formatSubmitter(submitter))).toEqual(submitter);
      }),
    );
  });

  it('names the person behind a token', () => {
    const found = parseSubmitter('token:esbuild-demo/release workflow by person:alex');
    expect(found).toMatchObject({ kind: 'token', name: 'release workflow', project: 'esbuild-demo' });
    expect(found === null ? null : submittingPerson(found)).toBe('alex');
  });

  it('names the person behind a build, where there is one', () => {
    const found = (text: string) => {
      const submitter = parseSubmitter(text);
      return submitter === null ? undefined : submittingPerson(submitter);
    };
    expect(found('build:github/123/456/1 by person:alex')).toBe('alex');
    expect(found('build:github/123/456/1')).toBeNull();
  });

  it.each([
    'build:github/123/456',
    'build:github/0123/456/1',
    'build:github/123/456/0',
    'build:GitHub/123/456/1',
    'build:github/123/456/1 by person:',
    'build:github/123/456/1 by person:a by person:b',
    'build:github/123/456/1 by token:a',
    'build:github/123/456/1\n',
    `build:github/${'1'.repeat(600)}/456/1`,
    '',
    'operator:demo',
    'person:',
    'person:Alex',
    'token:esbuild-demo',
    'token:esbuild-demo/',
    'token:esbuild-demo/x by person:',
    'token:esbuild-demo/x by person:a by person:b',
    'token:esbuild-demo/x by operator:demo',
    'token:Esbuild/x by person:a',
    `person:${'a'.repeat(600)}`,
    `token:${'a'.repeat(600)}/x by person:a`,
    `token:esbuild-demo/${'x'.repeat(81)} by person:a`,
    `token:esbuild-demo/x by person:${'a'.repeat(600)}`,
  ])('is nobody where it says %j', (text) => {
    expect(parseSubmitter(text)).toBeNull();
  });
});
