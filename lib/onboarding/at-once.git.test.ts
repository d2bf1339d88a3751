import type { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { behindLock, patientContext } from '../../dev/test/held-lock.ts';
import { toApplication } from '../applications/index.ts';
import { openAdmissions, sendApplication } from '../applications/open-admissions.fixture.ts';
import { closeChange, readChange } from '../policy-changes/index.ts';
import { reviewAgain } from '../reviews/index.ts';
import { acceptChange, decideOn } from './decide.fixture.ts';
import { proposeAcceptedProjects, proposeAgain, proposePauses } from './index.ts';

let on: Awaited<ReturnType<typeof openAdmissions>>;
let id: number;
beforeAll(async () => {
  on = await openAdmissions();
  id = await sendApplication(on.nora, 'components');
  await decideOn(on, id, 'accepted');
});
afterAll(() => on.release());
beforeEach(() => on.portal.db.notification.deleteMany({}));

const changeNumber = async () =>
  toApplication(await on.portal.db.application.findUniqueOrThrow({ where: { id } })).changeNumber;
const events = (kind: string) => on.portal.db.applicationEvent.count({ where: { applicationId: id, kind } });
const told = () => on.portal.db.notification.count();

/** Another portal has the application in hand, and has done the same when it lets go. */
const first = (statement: string, ...values: readonly unknown[]) => ({
  lock: 'SELECT id FROM portal.application WHERE id = $1 FOR UPDATE',
  values: [id],
  meanwhile: (holder: Client) => holder.query(statement, [id, ...values]),
});
const number = 'UPDATE portal.application SET change_number = $2 WHERE id = $1';

describe('what two portals propose concurrently', () => {
  it('is one change for an accepted project with one notice: the second portal leaves it as it is', async () => {
    const propose = () => proposeAcceptedProjects(patientContext(on.portal));
    const ended = await behindLock(on.ownerUrl, first(number, 4711), propose);
    expect(ended).toEqual([{ status: 'fulfilled', value: [] }]);
    expect(await changeNumber()).toBe(4711);
    expect([await events('change-proposed'), await told()]).toEqual([0, 0]);
  });

  it('is one new change after the first was closed, requested once', async () => {
    await on.portal.db.application.update({ where: { id }, data: { changeNumber: null } });
    await proposeAcceptedProjects(on.portal);
    const closed = (await changeNumber()) ?? 0;
    const { pull } = await readChange({ ctx: on.public, input: { number: closed } });
    const input = { number: closed, head: pull.head.commit };
    await closeChange({ ctx: await on.as('demo-steward'), input });
    const ctx = patientContext(await on.as('demo-reviewer'));
    const again = () => proposeAgain({ ctx, input: { applicationId: id } });
    // It was proposed again, too.
    const ended = await behindLock(on.ownerUrl, first(number, closed + 1), again);
    expect(ended).toMatchObject([{ status: 'fulfilled' }]);
    expect([await changeNumber(), await events('proposal-renewed')]).toEqual([closed + 1, 0]);
    await on.portal.db.application.update({ where: { id }, data: { changeNumber: closed } });
    await again();
    expect([await changeNumber(), await events('proposal-renewed')]).toEqual([null, 1]);
  });

  it('is one pause with one notice', async () => {
    await proposeAcceptedProjects(on.portal);
    await acceptChange(on, (await changeNumber()) ?? 0);
    const ctx = await on.as('demo-reviewer');
    await reviewAgain({ ctx, input: { applicationId: id, reason: 'The repository is gone.' } });
    await decideOn(on, id, 'rejected');
    await on.portal.db.notification.deleteMany({});
    const event = `INSERT INTO portal.application_event (application_id, at, actor, actor_name, kind, audience, body)
      VALUES ($1, $2, 'operator:portal', 'The portal', 'pause-proposed', 'applicant', '')`;
    const propose = () => proposePauses(patientContext(on.portal));
    const ended = await behindLock(on.ownerUrl, first(event, on.portal.now()), propose);
    expect(ended).toEqual([{ status: 'fulfilled', value: [] }]);
    expect([await events('pause-proposed'), await told()]).toEqual([1, 0]);
  });
});
