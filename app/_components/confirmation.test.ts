import { expect, it } from 'vitest';
import { confirmationFor } from './confirmation.ts';

it('a page says what it has words for, and nothing of what every object has', () => {
  const told = { sent: 'Sent.' };
  expect(confirmationFor(told, 'sent')).toBe('Sent.');
  for (const done of ['__proto__', 'constructor', 'toString', '', undefined, ['sent']]) {
    expect(confirmationFor(told, done)).toBeNull();
  }
});
