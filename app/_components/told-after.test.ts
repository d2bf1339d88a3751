import { expect, it } from 'vitest';
import { toldAfter } from './told-after.ts';

it('a page says what it has words for, and nothing of what every object has', () => {
  const told = { sent: 'Sent.' };
  expect(toldAfter(told, 'sent')).toBe('Sent.');
  for (const done of ['__proto__', 'constructor', 'toString', '', undefined, ['sent']]) {
    expect(toldAfter(told, done)).toBeNull();
  }
});
