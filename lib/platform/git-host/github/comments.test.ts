import { describe, expect, it } from 'vitest';
import { onFake, refused } from './on-fake.fixture.ts';

const on = onFake();
const plan = { number: 1, marker: 'plan' };
const bodies = (): string[] => [...on.fake.state.comments.values()].map(({ body }) => body);

describe('the sticky comment on GitHub', () => {
  it('is created once, then edited, and left alone if it is unchanged', async () => {
    await on.propose();
    const made = await on.host.setStickyComment({ ...plan, body: 'loosens 1' });
    expect(made.outcome).toBe('created');
    const edited = await on.host.setStickyComment({ ...plan, body: 'tightens 2' });
    expect(edited).toMatchObject({ id: made.id, outcome: 'edited' });
    expect(await on.host.setStickyComment({ ...plan, body: 'tightens 2' })).toMatchObject({
      outcome: 'unchanged',
    });
    expect(bodies()).toEqual(['<!-- countersign:plan -->\ntightens 2']);
  });

  it('is found among more than one page of others', async () => {
    await on.propose();
    for (let index = 0; index < 150; index += 1)
      on.fake.people.comment({ number: 1, by: 'ada', body: `${index}` });
    await on.host.setStickyComment({ ...plan, body: 'first' });
    await on.host.setStickyComment({ ...plan, body: 'second' });
    expect(bodies().filter((body) => body.includes('countersign'))).toHaveLength(1);
  });

  it('ignores another account’s comment with the same marker', async () => {
    await on.propose();
    const forged = '<!-- countersign:plan -->\nNothing changes, trust me.';
    on.fake.people.comment({ number: 1, by: 'mallory', body: forged });
    await on.host.setStickyComment({ ...plan, body: 'loosens 1' });
    expect(bodies()).toEqual([forged, '<!-- countersign:plan -->\nloosens 1']);
  });

  it('is one per marker', async () => {
    await on.propose();
    await on.host.setStickyComment({ ...plan, body: 'plan' });
    await on.host.setStickyComment({ number: 1, marker: 'plan-replay', body: 'replay' });
    expect(bodies()).toHaveLength(2);
  });

  it('isn’t written twice when the first answer was lost', async () => {
    await on.propose();
    const lost = { kind: 'status', status: 502, applied: true } as const;
    on.fake.inject({ method: 'POST', path: /\/comments$/, mishap: lost });
    expect(await on.host.setStickyComment({ ...plan, body: 'once' })).toMatchObject({ outcome: 'created' });
    on.fake.inject({ method: 'POST', path: /\/comments$/, mishap: { kind: 'cut' } });
    await on.host.setStickyComment({ number: 1, marker: 'other', body: 'once' });
    expect(bodies()).toHaveLength(2);
  });

  it('becomes one again if two writers left two', async () => {
    await on.propose();
    await on.host.setStickyComment({ ...plan, body: 'one' });
    const [first] = on.fake.state.comments.values();
    if (first === undefined) throw new Error('no comment was made');
    on.fake.state.comments.set(5_000, { ...first, id: 5_000 });
    const kept = await on.host.setStickyComment({ ...plan, body: 'two' });
    expect(kept).toMatchObject({ id: String(first.id), outcome: 'edited' });
    expect(bodies()).toEqual(['<!-- countersign:plan -->\ntwo']);
  });

  it('refuses what is too long and markers that could close the HTML comment', async () => {
    await on.propose();
    const long = on.host.setStickyComment({ ...plan, body: 'x'.repeat(65_001) });
    await expect(long).rejects.toEqual(refused('INVALID'));
    const broken = on.host.setStickyComment({ number: 1, marker: 'a --> b', body: 'x' });
    await expect(broken).rejects.toEqual(refused('INVALID'));
  });
});
