/** An identity token of a build (JWT, RFC 7519) → who that build is. Nothing of it is believed before its signature holds. */
import { createHash } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, errors, jwtVerify } from 'jose';
import type { JWTPayload, ProtectedHeaderParameters } from 'jose';
import { parseSha256Hex } from '#core/ids/index.ts';
import type { Sha256Hex } from '#core/ids/index.ts';
import { providerOf, providers } from '#core/origin/index.ts';
import type { BuildToken, IdentityTokens, ProviderName } from '#core/origin/index.ts';
import type { PolicySnapshot } from '#core/policy/index.ts';
import { BuildTokenError } from './error.ts';
import type { BuildKeys } from './keys.ts';

/** An own limit: hosts make tokens that hold for as long as a job may run. */
const tokenSecondsMax = 5 * 60;
/** How far the host's clock and the portal's may differ. */
const clockSeconds = 30;

const form = /^[\w-]{1,2000}\.[\w-]{1,12000}\.[\w-]{1,2000}$/;

/** Whether a bearer token can be one: three parts with dots between them. */
export const isBuildToken = (text: string): boolean => form.test(text);

export interface VerifiedBuild {
  readonly provider: ProviderName;
  readonly issuer: string;
  readonly token: BuildToken;
  /** Of issuer and `jti`: what this one token is known by. */
  readonly sha256: Sha256Hex;
  /** From when on it doesn't count any more, the clocks' difference included. */
  readonly expiresAt: Date;
}

/** Again, later: a body may take long to arrive. */
export function refuseExpired({ expiresAt }: Pick<VerifiedBuild, 'expiresAt'>, now: Date): void {
  if (expiresAt > now) return;
  throw refusal(
    'BUILD_TOKEN_EXPIRED',
    `The identity token ran out at ${expiresAt.toISOString()}, before the request was whole.`,
    'Upload first, then ask for a new token and submit.',
  );
}

export async function verifyBuildToken(input: {
  readonly text: string;
  readonly snapshot: PolicySnapshot;
  readonly audience: string;
  readonly keys: BuildKeys;
  readonly now: Date;
}): Promise<VerifiedBuild> {
  const { text, snapshot, audience, keys, now } = input;
  const { header, claimed } = decode(text);
  const { issuer, provider, tokens } = findIssuer(snapshot, claimed.iss);
  if (header.alg === undefined || !tokens.algorithms.includes(header.alg)) {
    throw refusal(
      'BUILD_TOKEN_ALGORITHM',
      `The identity token says that it is signed with ${shown(header.alg)}; ${issuer} signs with ${tokens.algorithms.join(', ')}.`,
      'Send the token as the host gave it to the job.',
    );
  }
  if (typeof header.kid !== 'string') throw malformed('its header names no key');
  try {
    const { payload } = await jwtVerify(text, (named) => keys.find(issuer, tokens.keysUrl(issuer), named), {
      algorithms: [...tokens.algorithms],
      issuer,
      audience,
      requiredClaims: ['exp', 'iat', 'jti'],
      maxTokenAge: tokenSecondsMax,
      clockTolerance: clockSeconds,
      currentDate: now,
    });
    // jose takes a list that has the audience among others; whoever is among them could use the token here.
    if (payload.aud !== audience) throw foreignAudience(payload.aud, audience, tokens);
    return { provider, issuer, ...readPayload(payload, issuer, tokens) };
  } catch (error) {
    throw explained(error, claimed, audience, tokens, now);
  }
}

function decode(text: string): {
  readonly header: ProtectedHeaderParameters;
  readonly claimed: JWTPayload;
} {
  try {
    return { header: decodeProtectedHeader(text), claimed: decodeJwt(text) };
  } catch {
    throw malformed('its parts aren’t JSON in base64url');
  }
}

/** Only whom the accepted policy lists as a build system is asked for keys, at an address that its provider has them at. */
function findIssuer(snapshot: PolicySnapshot, issuer: string | undefined) {
  const systems = snapshot.trustRoot.value.buildSystems;
  const system = systems.find((one) => one.issuer === issuer);
  const provider = system === undefined ? null : providerOf(system);
  const tokens = provider === null ? null : providers[provider].identityToken;
  if (system !== undefined && provider !== null && tokens !== null) {
    return { issuer: system.issuer, provider, tokens };
  }
  const known = systems.filter((one) => providers[providerOf(one)].identityToken !== null);
  throw refusal(
    'BUILD_TOKEN_ISSUER_UNKNOWN',
    `The policy in force lists no build system with the issuer ${shown(issuer)} whose builds submit with identity tokens.`,
    `Submit from a build of one of these: ${known.map((one) => one.issuer).join(', ') || 'none yet'} (buildSystems in trust/root.yaml), or with an API token.`,
  );
}

function readPayload(
  payload: JWTPayload,
  issuer: string,
  tokens: IdentityTokens,
): Pick<VerifiedBuild, 'token' | 'sha256' | 'expiresAt'> {
  const { jti, iat = 0, exp = 0 } = payload;
  if (typeof jti !== 'string' || jti === '' || jti.length > 300)
    throw badClaims('the claim jti is not a text');
  const read = tokens.read(payload);
  if (!read.ok) throw badClaims(read.problem);
  const seconds = Math.min(exp, iat + tokenSecondsMax) + clockSeconds;
  return {
    token: read.token,
    sha256: parseSha256Hex(
      createHash('sha256')
        .update(JSON.stringify([issuer, jti]))
        .digest('hex'),
    ),
    expiresAt: new Date(seconds * 1_000),
  };
}

/** What jose found wrong → what to do about it. */
function explained(
  error: unknown,
  claimed: JWTPayload,
  audience: string,
  tokens: IdentityTokens,
  now: Date,
): unknown {
  if (error instanceof errors.JWTExpired) {
    return refusal(
      'BUILD_TOKEN_EXPIRED',
      `The identity token was issued at ${timeOf(claimed.iat)} and holds until ${timeOf(claimed.exp)}; it is ${now.toISOString()}, and no token counts for more than ${tokenSecondsMax / 60} minutes.`,
      tokens.renewal,
    );
  }
  if (error instanceof errors.JWTClaimValidationFailed) {
    const { claim, reason } = error;
    if (claim === 'aud') return foreignAudience(claimed.aud, audience, tokens);
    if (reason === 'check_failed' && (claim === 'nbf' || claim === 'iat')) {
      return refusal(
        'BUILD_TOKEN_EARLY',
        `The identity token counts from ${timeOf(claimed.nbf ?? claimed.iat)} on, and it is ${now.toISOString()}.`,
        'Set the clock of the host that builds, or of this portal: they may differ by 30 seconds.',
      );
    }
    return badClaims(`the claim ${claim} is missing or not of its form`);
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) {
    return refusal(
      'BUILD_TOKEN_SIGNATURE',
      'The signature of the identity token is not its issuer’s: it was changed, or cut.',
      'Send the token as the host gave it to the job, all of it.',
    );
  }
  return error instanceof errors.JOSEError
    ? malformed('it is not a signed JWT as the host writes it')
    : error;
}

function foreignAudience(
  found: JWTPayload['aud'],
  audience: string,
  tokens: IdentityTokens,
): BuildTokenError {
  return refusal(
    'BUILD_TOKEN_AUDIENCE',
    `The identity token is for ${shown(found)}, and this portal is ${audience}.`,
    `Ask for one with exactly this audience: ${tokens.audienceLine(audience)}`,
  );
}

const refusal = (code: BuildTokenError['code'], message: string, fix: string): BuildTokenError =>
  new BuildTokenError({ code, message, fix });

const malformed = (why: string): BuildTokenError =>
  refusal(
    'BUILD_TOKEN_MALFORMED',
    `The Authorization header has something of the form of an identity token that can’t be read: ${why}.`,
    'Send “Authorization: Bearer …” with the token as the host gave it to the job, or with an API token (csn_…).',
  );

const badClaims = (why: string): BuildTokenError =>
  refusal(
    'BUILD_TOKEN_CLAIMS',
    `The identity token doesn’t say which build it is of: ${why}.`,
    'Send the token that the host gives to a job of a workflow or pipeline; those of other kinds name no run.',
  );

/** What nobody has verified, as little of it as helps. */
function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  return JSON.stringify(value)
    .replaceAll(/[^\x20-\x7e]/g, '?')
    .slice(0, 200);
}

function timeOf(seconds: number | undefined): string {
  const time = new Date((seconds ?? Number.NaN) * 1_000);
  return Number.isNaN(time.getTime()) ? 'an unknown time' : time.toISOString();
}
