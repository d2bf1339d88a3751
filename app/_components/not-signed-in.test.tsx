import { renderToStaticMarkup } from 'react-dom/server';
import { expect, it } from 'vitest';
import { WebhooksError } from '../../lib/webhooks/error.ts';
import { ErrorSummary } from './form/error-summary.tsx';
import { asToldTo } from './not-signed-in.ts';

const error = new WebhooksError({ code: 'NOT_ALLOWED', message: 'Only the team may.', fix: 'Ask it.' });

it('tells who isn’t signed in (any more) so, whatever the form was about', () => {
  expect(asToldTo({ kind: 'public' }, error)).toMatchObject({
    code: 'NOT_SIGNED_IN',
    status: 401,
    message: 'You are not signed in.',
  });
});

it('tells others who may, and everybody what else is wrong', () => {
  expect(asToldTo({ kind: 'person' }, error)).toBe(error);
  const other = new TypeError('a fault');
  expect(asToldTo({ kind: 'public' }, other)).toBe(other);
});

it('leads to the sign-in in a tab of its own, where nothing typed is lost', () => {
  const shown = (code: string): string =>
    renderToStaticMarkup(<ErrorSummary form="form" error={{ code, message: 'No.', fix: 'Do.' }} />);
  expect(shown('NOT_SIGNED_IN')).toMatch(
    /<a [^>]*href="\/sign-in"[^>]*target="_blank"|target="_blank"[^>]*href="\/sign-in"/,
  );
  expect(shown('NOT_ALLOWED')).not.toContain('/sign-in');
});
