/** Turns by project, with the real signer on real parts: a project that submits many requests delays itself and nobody else. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildProgram } from '#core/formats/pe/program.fixture.ts';
import { zip } from '#core/formats/zip/zip.fixture.ts';
import { packageWith } from './demo-package.ts';
import { FoundationUnderTest } from './foundation-under-test.ts';

/** `concurrency` of the configuration under test, which is the default. */
const places = 4;
const flood = 60;

describe('sixty requests of one project', () => {
  let system: FoundationUnderTest;
  beforeAll(async () => {
    system = await FoundationUnderTest.start();
  });
  afterAll(() => system.stop());

  it('make another project’s request wait only for requests in progress', async () => {
    const ids: string[] = [];
    for (let index = 0; index < flood; index += 1) {
      const artifact = await packageWith(`many ${index}`);
      ids.push(await system.ask({ artifact, policy: 'test-signing', bundle: null }));
    }
    await system.until(ids[0] ?? '', (state) => state.status === 'completed');

    const before = await system.startedOf(ids);
    const one = await system.ask({
      artifact: zip([{ name: 'tool.exe', content: buildProgram({ overlay: Buffer.from('one') }) }]),
      project: 'zip-demo',
      policy: 'test-signing',
      bundle: null,
    });
    await system.until(one, () => true);
    const meanwhile = (await system.startedOf(ids)) - before;
    await system.until(one, (state) => state.status === 'completed');
    const left = flood - (await system.startedOf(ids));
    expect(meanwhile).toBeLessThanOrEqual(places);
    expect(left).toBeGreaterThan(flood / 2);
  });
});
