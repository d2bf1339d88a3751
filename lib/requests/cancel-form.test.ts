import { describe, expect, it } from 'vitest';
import type { RequestsError } from './error.ts';
import { cancelReasonCharactersMax, readCancelForm } from './cancel-form.ts';

const fieldsOf = (sent: { readonly reason: string; readonly confirmed: string }) => {
  try {
    return readCancelForm(sent);
  } catch (error) {
    const { code, fields } = error as RequestsError;
    expect(code).toBe('TEXT_INVALID');
    return fields.map(({ field }) => field);
  }
};

describe('the form that cancels a request', () => {
  it('takes a reason, on one line, once it is confirmed', () => {
    expect(fieldsOf({ reason: ' The wrong\r\ntag. ', confirmed: 'yes' })).toBe('The wrong tag.');
  });

  it.each([
    [{ reason: 'The wrong tag.', confirmed: '' }, ['confirmed']],
    [{ reason: '', confirmed: '' }, ['reason', 'confirmed']],
    [{ reason: 'x'.repeat(cancelReasonCharactersMax + 1), confirmed: 'yes' }, ['reason']],
    [{ reason: 'gpj.\u202Eexe', confirmed: 'yes' }, ['reason']],
  ])('names each field that it can’t take: %j', (sent, fields) => {
    expect(fieldsOf(sent)).toEqual(fields);
  });
});
