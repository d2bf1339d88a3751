import type { KnownRevocation } from './wire.ts';

export type Revocations = ReadonlyMap<string, KnownRevocation>;
