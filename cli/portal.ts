/** What only the command asks of the portal: approvals, emergency stops, tokens, each by a statement that somebody signed. */
import { z } from 'zod';
import { bodyOf, callPortal, readAnswer, type Portal } from './client/index.ts';

const requestPath = (id: string): string => `/api/v1/requests/${encodeURIComponent(id)}`;
/** A signed statement counts once, and its second answer would say so: whoever sent it looks before sending it again. */
const once = { patience: { seconds: 0 } } as const;
const json = { 'content-type': 'application/json' } as const;

export async function approvalStatement(
  portal: Portal,
  id: string,
  decision: 'approve' | 'deny',
): Promise<string> {
  const path = `${requestPath(id)}/approval-statement?decision=${decision}`;
  return bodyOf(await callPortal(portal, path, { method: 'GET', identity: 'if-there' }, once));
}

export async function handIn(
  portal: Portal,
  id: string,
  statement: string,
  signature: string,
): Promise<void> {
  const body = JSON.stringify({ statement, signature });
  const call = { method: 'POST', headers: json, body, identity: 'if-there' } as const;
  await bodyOf(await callPortal(portal, `${requestPath(id)}/approvals`, call, once));
}

export async function handInStop(portal: Portal, statement: string, signature: string): Promise<void> {
  const body = JSON.stringify({ statement, signature });
  const call = { method: 'POST', headers: json, body, identity: 'if-there' } as const;
  await bodyOf(await callPortal(portal, '/api/v1/emergency-stops', call, once));
}

const stopsSchema = z.looseObject({
  stops: z.array(
    z.looseObject({
      digest: z.string(),
      project: z.string().nullable(),
      reason: z.string(),
      at: z.string(),
      givenOn: z.string().nullable(),
      confirmed: z.array(z.looseObject({ signer: z.string(), at: z.string() })),
      awaited: z.array(z.string()),
    }),
  ),
  signers: z.array(z.looseObject({ name: z.string(), seenAt: z.string(), works: z.boolean() })),
});
export type StopsView = z.infer<typeof stopsSchema>;

/** What is stopped, and which signers have confirmed it. */
export async function readStops(portal: Portal): Promise<StopsView> {
  const call = { method: 'GET', identity: 'if-there' } as const;
  return readAnswer(
    await callPortal({ ...portal, token: null }, '/api/v1/emergency-stops', call, once),
    stopsSchema,
  );
}

const listedTokenSchema = z.object({
  id: z.string(),
  name: z.string(),
  fingerprint: z.string(),
  state: z.enum(['active', 'maker-left', 'expired', 'revoked']),
  policies: z.array(z.string()),
  madeBy: z.string(),
  createdAt: z.string(),
  expiresAt: z.string(),
  lastUsedAt: z.string().nullable(),
  lastUsedFrom: z.string().nullable(),
  revokedAt: z.string().nullable(),
});
const createdTokenSchema = z.object({
  id: z.string(),
  token: z.string(),
  name: z.string(),
  expiresAt: z.string(),
});
const tokenCommandSchema = z.object({
  tokens: z.array(listedTokenSchema).optional(),
  created: createdTokenSchema.optional(),
  revoked: z.object({ name: z.string() }).optional(),
});
export type ListedTokenView = z.infer<typeof listedTokenSchema>;
export type CreatedTokenView = z.infer<typeof createdTokenSchema>;

export async function sendTokenCommand(
  portal: Portal,
  statement: string,
  signature: string,
): Promise<z.infer<typeof tokenCommandSchema>> {
  // The signature says who asks; a token that happens to be set has no say here, and may be the very one to revoke.
  const body = JSON.stringify({ statement, signature });
  const call = { method: 'POST', headers: json, body, identity: 'if-there' } as const;
  return readAnswer(
    await callPortal({ ...portal, token: null }, '/api/v1/token-commands', call, once),
    tokenCommandSchema,
  );
}
