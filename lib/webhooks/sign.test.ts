import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { newSecret, signedHeaders } from './sign.ts';

describe('a message', () => {
  it('is signed as the vector of Standard Webhooks', () => {
    expect(
      signedHeaders({
        id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
        at: new Date(1_614_265_330_000),
        body: '{"test": 2432232314}',
        secrets: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
      }),
    ).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  it('carries a signature by each secret, and is verified by whoever has one of them', () => {
    const secrets = [newSecret(), newSecret()];
    const body = '{"type":"webhook.test"}';
    const headers = signedHeaders({ id: 'msg_1', at: new Date(), body, secrets });
    for (const secret of secrets)
      expect(new Webhook(secret).verify(body, headers)).toEqual({ type: 'webhook.test' });
    expect(() => new Webhook(newSecret()).verify(body, headers)).toThrow('No matching signature');
    expect(() => new Webhook(secrets[0] ?? '').verify(`${body} `, headers)).toThrow('No matching signature');
  });

  it('has secrets of 32 random bytes', () => {
    expect(Buffer.from(newSecret().replace('whsec_', ''), 'base64')).toHaveLength(32);
    expect(newSecret()).not.toBe(newSecret());
  });

  it('for a chat service carries none', () => {
    expect(signedHeaders({ id: 'msg_1', at: new Date(0), body: '{}', secrets: [] })).toEqual({
      'webhook-id': 'msg_1',
      'webhook-timestamp': '0',
    });
  });
});
