import { expect, it } from 'vitest';
import { confirmationFor } from './confirmation.ts';

it('a page shows only messages that it defines, and nothing inherited from Object', () => {
  const told = { sent: 'Sent.' };
  expect(confirmationFor(told, 'sent')).toBe('Sent.');
  for (const done of ['__proto__', 'constructor', 'toString', '', undefined, ['sent']]) {
    expect(confirmationFor(told, done)).toBeNull();
  }
});
