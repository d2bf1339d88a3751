/** Turns by project, with the real signer on real parts: whoever asks for much waits for himself, nobody else for him. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildProgram } from '../../../lib/core/formats/pe/program.fixture.ts';
import { zip } from '../../../lib/core/formats/zip/zip.fixture.ts';
import { packageWith } from './demo-package.ts';
import { FoundationUnderTest } from './foundation-under-test.ts';

/** What the configuration under test has: see writeSignerConfig. */
const places = 2;
const flood = 60;

describe('sixty requests of one project', () => {
  let system: FoundationUnderTest;
  beforeAll(async () => {
    system = await FoundationUnderTest.start();
  }, 120_000);
  afterAll(() => system.stop(), 60_000);

  it('make another project’s request wait for no more than what is at work', async () => {
    const many = await Promise.all(Array.from({ length: flood }, (_, index) => packageWith(`many ${index}`)));
    const askedAt = performance.now();
    const ids: string[] = [];
    for (const artifact of many)
      ids.push(await system.ask({ artifact, policy: 'test-signing', bundle: null }));
    await system.untilStatus(ids[0] ?? '', 'completed');

    const started = () => system.startedOf(ids);
    const before = await started();
    const submittedAt = performance.now();
    const one = await system.ask({
      artifact: zip([{ name: 'tool.exe', content: buildProgram({ overlay: Buffer.from('one') }) }]),
      project: 'zip-demo',
      policy: 'test-signing',
      bundle: null,
    });
    await system.until(one, () => true, 400);
    const meanwhile = (await started()) - before;
    const waitedSeconds = (performance.now() - submittedAt) / 1000;
    await system.untilStatus(one, 'completed');
    const doneSeconds = (performance.now() - submittedAt) / 1000;

    const left = flood - (await started());
    console.log(
      `waited ${waitedSeconds.toFixed(1)} s, signed after ${doneSeconds.toFixed(1)} s; ` +
        `${meanwhile} others were taken up meanwhile, ${left} still wait`,
    );
    for (const id of ids) await system.until(id, (state) => state.status === 'completed', 400);
    console.log(`all ${flood} after ${((performance.now() - askedAt) / 1000).toFixed(1)} s`);
    expect(meanwhile).toBeLessThanOrEqual(places);
    expect(left).toBeGreaterThan(flood / 2);
  }, 600_000);
});
