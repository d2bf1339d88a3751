import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deliver } from '../../../../dev/github/index.ts';
import type { RecordedEvent, WebhookDelivery } from '../../../../dev/github/index.ts';
import { onFake, policyFile } from '../github/on-fake.fixture.ts';
import { noDeliveries, orderDelivery, verifyWebhook } from '../index.ts';
import type { DeliveryState, Verdict, WebhookErrorCode } from '../index.ts';

const on = onFake();
const secret = 'a webhook secret of a test';
const because = (code: WebhookErrorCode): unknown => expect.objectContaining({ name: 'WebhookError', code });
const ping: RecordedEvent = { name: 'ping', payload: { zen: 'Keep it logically awesome.' } };
const check = (delivery: WebhookDelivery, key: string | string[] = secret) =>
  verifyWebhook({ ...delivery, secret: key });
const lastEvent = (name: string): RecordedEvent => {
  const found = on.fake.events.findLast((event) => event.name === name);
  if (found === undefined) throw new Error(`the fake told of no ${name}`);
  return found;
};

/** Deliveries in this order → their verdicts. */
function verdicts(events: readonly (RecordedEvent | WebhookDelivery)[]): Verdict[] {
  let state: DeliveryState = noDeliveries;
  return events.map((each) => {
    const ordered = orderDelivery(state, check('body' in each ? each : deliver(each, secret)));
    // What is kept is plain JSON.
    state = JSON.parse(JSON.stringify(ordered.state)) as DeliveryState;
    return ordered.verdict;
  });
}

describe('a webhook delivery', () => {
  it('is accepted when it is signed with the secret, also while the secret is rotated', () => {
    const { body, headers } = deliver(ping, secret, 'd-1');
    expect(check({ body, headers })).toEqual({ id: 'd-1', name: 'ping', event: null });
    expect(check({ body, headers }, ['the new secret of this app', secret])).toMatchObject({ id: 'd-1' });
    expect(verifyWebhook({ headers: new Headers(headers), body, secret })).toMatchObject({ id: 'd-1' });
  });

  it('is refused when any byte of its body differs', () => {
    const delivery = deliver(ping, secret);
    fc.assert(
      fc.property(fc.nat(delivery.body.length - 1), fc.integer({ min: 1, max: 255 }), (index, change) => {
        const body = Uint8Array.from(delivery.body);
        body[index] = (body[index] ?? 0) ^ change;
        expect(() => check({ ...delivery, body })).toThrow(because('SIGNATURE_INVALID'));
      }),
    );
  });

  it('is refused under another secret, without a signature, with a broken one or two', () => {
    const { body, headers } = deliver(ping, secret);
    expect(() => check({ body, headers }, 'another secret, long enough')).toThrow(
      because('SIGNATURE_INVALID'),
    );
    const name = 'X-Hub-Signature-256';
    const { [name]: signature = '', ...unsigned } = headers;
    expect(() => check({ body, headers: unsigned })).toThrow(because('SIGNATURE_MISSING'));
    for (const broken of [
      '',
      'sha256=',
      signature.slice(0, -2),
      signature.replace('sha256', 'sha1'),
      `${signature}00`,
    ]) {
      const forged = { body, headers: { ...unsigned, [name]: broken } };
      expect(() => check(forged)).toThrow(because('SIGNATURE_INVALID'));
    }
    const twice = { ...headers, 'x-hub-signature-256': signature };
    expect(() => check({ body, headers: twice })).toThrow(because('SIGNATURE_MISSING'));
  });

  it.each([
    ['larger than GitHub sends', Buffer.alloc(25 * 1024 * 1024 + 1, ' '), 'BODY_TOO_LARGE'],
    ['not UTF-8', Buffer.from('{"zen":"\xff"}', 'latin1'), 'PAYLOAD_INVALID'],
  ] as const)('is refused where it is %s, though it is signed', (_what, body, code) => {
    const signature = createHmac('sha256', secret).update(body).digest('hex');
    const { headers } = deliver(ping, secret);
    const signed = { ...headers, 'X-Hub-Signature-256': `sha256=${signature}` };
    expect(() => check({ body, headers: signed })).toThrow(because(code));
  });

  it('is refused with only the old SHA-1 signature', () => {
    const { body, headers } = deliver(ping, secret);
    const { 'X-Hub-Signature-256': _newer, ...old } = headers;
    expect(() => check({ body, headers: { ...old, 'X-Hub-Signature': 'sha1=0' } })).toThrow(
      because('SIGNATURE_MISSING'),
    );
  });

  it('needs an id and a name, JSON, and all fields of its event', () => {
    const { body, headers } = deliver(ping, secret);
    for (const name of ['X-GitHub-Delivery', 'X-GitHub-Event']) {
      const { [name]: _gone, ...others } = headers;
      expect(() => check({ body, headers: others })).toThrow(because('HEADER_MISSING'));
    }
    for (const wrong of [
      { 'X-GitHub-Delivery': 'a b' },
      { 'X-GitHub-Delivery': 'a'.repeat(65) },
      { 'X-GitHub-Event': 'Ping' },
      { 'X-GitHub-Event': 'p'.repeat(65) },
    ]) {
      expect(() => check({ body, headers: { ...headers, ...wrong } })).toThrow(because('HEADER_MISSING'));
    }
    const empty = deliver({ name: 'push', payload: {} }, secret);
    expect(() => check(empty)).toThrow(because('PAYLOAD_INVALID'));
  });

  it('is never accepted with a secret that is too short', () => {
    expect(() => check(deliver(ping, ''), '')).toThrow(RangeError);
    expect(() => check(deliver(ping, secret), [])).toThrow(RangeError);
  });
});

describe('events of GitHub', () => {
  it('describe a pull request, its pushes, reviews and checks', async () => {
    const { head, base } = await on.propose();
    const opened = check(deliver(lastEvent('pull_request'), secret)).event;
    const where = { repositoryId: '900100777', number: 1 };
    expect(opened).toMatchObject({
      ...where,
      action: 'opened',
      state: 'open',
      head: head.commit,
      headBefore: null,
    });
    on.fake.people.push({ branch: 'change', onto: base.commit, changes: { [policyFile]: 'quorum: 3\n' } });
    const now = await on.host.branchHead('change');
    expect(check(deliver(lastEvent('pull_request'), secret)).event).toMatchObject({
      action: 'synchronize',
      head: now,
      headBefore: head.commit,
    });
    expect(check(deliver(lastEvent('push'), secret)).event).toMatchObject({
      type: 'push',
      ref: 'refs/heads/change',
      before: head.commit,
      after: now,
      forced: true,
    });
    on.fake.people.review({ number: 1, by: 'ada', state: 'APPROVED' });
    expect(check(deliver(lastEvent('pull_request_review'), secret)).event).toMatchObject({
      ...where,
      action: 'submitted',
      state: 'approved',
      commit: now,
      head: now,
    });
    const result = {
      name: 'policy',
      externalId: 'x',
      conclusion: 'success',
      title: 'Good',
      summary: '',
    } as const;
    await on.host.publishCheck({ ...result, commit: base.commit, annotations: [] });
    expect(check(deliver(lastEvent('check_run'), secret)).event).toMatchObject({
      type: 'check_run',
      commit: base.commit,
      externalId: 'x',
      conclusion: 'success',
    });
  });
});

describe('the order of events', () => {
  it('processes each delivery once, by its id', async () => {
    await on.propose();
    const delivery = deliver(lastEvent('pull_request'), secret, 'the-same');
    expect(verdicts([delivery, delivery])).toEqual(['fresh', 'duplicate']);
  });

  it('ignores irrelevant events', () => {
    expect(verdicts([ping])).toEqual(['ignored']);
  });

  it('recognises an event older than the last by its time', async () => {
    await on.propose();
    const opened = lastEvent('pull_request');
    on.fake.state.aheadSeconds = 60;
    await on.host.closePullRequest(1);
    expect(verdicts([lastEvent('pull_request'), opened])).toEqual(['fresh', 'stale']);
    expect(verdicts([opened, lastEvent('pull_request')])).toEqual(['fresh', 'fresh']);
  });

  it('recognises a replaced head within the same second', async () => {
    const { base } = await on.propose();
    const second = new Date(Math.ceil(Date.now() / 1000) * 1000 + 5_000);
    on.fake.state.now = () => second.toISOString().replace('.000Z', 'Z');
    const push = (text: string): RecordedEvent => {
      on.fake.people.push({ branch: 'change', onto: base.commit, changes: { [policyFile]: text } });
      return lastEvent('pull_request');
    };
    const [first, then, backAgain] = [push('quorum: 3\n'), push('quorum: 4\n'), push('quorum: 3\n')];
    expect(verdicts([first, then])).toEqual(['fresh', 'fresh']);
    expect(verdicts([then, first])).toEqual(['fresh', 'stale']);
    // Pushed back to what it was: that is news, though the head was replaced once.
    expect(verdicts([first, then, backAgain])).toEqual(['fresh', 'fresh', 'fresh']);
  });

  it('never restores a dismissed review', async () => {
    await on.propose();
    on.fake.people.dismiss(on.fake.people.review({ number: 1, by: 'ada', state: 'APPROVED' }));
    const [submitted, dismissed] = on.fake.events.filter(({ name }) => name === 'pull_request_review');
    if (submitted === undefined || dismissed === undefined) throw new Error('the fake told of no review');
    expect(verdicts([dismissed, submitted])).toEqual(['fresh', 'stale']);
    expect(verdicts([submitted, dismissed])).toEqual(['fresh', 'fresh']);
  });

  it('keeps pull requests apart', async () => {
    await on.propose('one');
    const first = lastEvent('pull_request');
    on.fake.state.aheadSeconds = 60;
    await on.propose('two');
    expect(verdicts([lastEvent('pull_request'), first])).toEqual(['fresh', 'fresh']);
  });

  it('ends with the newest state whatever order, and remembers a bounded number', async () => {
    await on.propose();
    for (let step = 1; step <= 4; step += 1) {
      on.fake.state.aheadSeconds = step * 10;
      on.fake.people.push({ branch: 'change', changes: { [policyFile]: `quorum: ${step}\n` } });
    }
    const head = await on.host.branchHead('change');
    const events = on.fake.events.filter(({ name }) => name === 'pull_request');
    fc.assert(
      fc.property(fc.shuffledSubarray(events, { minLength: events.length }), (shuffled) => {
        let state: DeliveryState = noDeliveries;
        for (const event of shuffled) state = orderDelivery(state, check(deliver(event, secret))).state;
        expect(state.subjects['900100777/pull/1']?.head).toBe(head);
      }),
    );
    let state: DeliveryState = noDeliveries;
    for (let index = 0; index < 1_200; index += 1)
      state = orderDelivery(state, check(deliver(ping, secret))).state;
    expect(state.seen).toHaveLength(1_000);
  });
});
