import { expect, it } from 'vitest';
import { Unavailable } from '../../ground/availability/index.ts';
import { InspectorError } from '../../inspector/index.ts';
import { passesOrThrows } from './refused.ts';

function thrown(error: unknown): unknown {
  try {
    return passesOrThrows(error);
  } catch (found) {
    return found;
  }
}

it('an artifact that can’t be put together around its signatures is refused, with what to do about it', () => {
  const error = new InspectorError('INSPECTOR_NOT_REWRITABLE', 'It needs zip64.', 'Build it with zip64.');
  expect(thrown(error)).toMatchObject({
    code: 'REFUSED',
    findings: [{ rule: 'signing.not-rewritable', outcome: 'fail', fix: 'Build it with zip64.' }],
  });
});

it('whatever else ends the inspector is tried again', () => {
  expect(thrown(new InspectorError('INSPECTOR_INPUT', 'other bytes'))).toBeInstanceOf(Unavailable);
  expect(thrown(new Error('a defect'))).toMatchObject({ message: 'a defect' });
});
