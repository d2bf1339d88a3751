/** What a request is processed with: every port of the signer, opened once at start. */
import type { Logger } from 'pino';
import type { SignerConfig } from '../../ground/config/index.ts';
import type { Database } from '../../ground/database/index.ts';
import type { Inspector } from '../../inspector/index.ts';
import type { KeyHolder } from '../../keyholder/index.ts';
import type { PolicySource } from '../../policy-source/index.ts';
import type { EmergencyStops } from '../../rulings/emergency-stop/index.ts';
import type { JournalAnchor } from '../../ground/journal/index.ts';
import type { RevocationRegister } from '../../rulings/revocations/index.ts';
import type { Clock } from '../clock/index.ts';
import type { CodeHosts } from '../code-host/index.ts';
import type { Measures } from '../measures/index.ts';
import type { Scanner } from '../scan/index.ts';
import type { TimestampSource } from '../signing/index.ts';
import type { ArtifactStore, ReleaseStore } from '../../ground/store/index.ts';
import type { SigstoreRoots } from '../../rulings/sigstore-roots/index.ts';
import type { KeyRing } from '../../rulings/trust/index.ts';

export interface SignerContext {
  readonly config: SignerConfig;
  readonly log: Logger;
  readonly database: Database;
  readonly policy: PolicySource;
  readonly revocations: RevocationRegister;
  readonly stops: EmergencyStops;
  /** Checked before anything that has a time is judged, and before each signature. */
  readonly clock: Clock;
  /** Checked wherever something is decided or written, so that nothing is in a database older than this signer remembers. */
  readonly journal: JournalAnchor;
  readonly artifacts: ArtifactStore;
  readonly releases: ReleaseStore;
  readonly trustRoots: SigstoreRoots;
  readonly keys: KeyRing;
  readonly keyHolder: KeyHolder;
  readonly timestamps: TimestampSource;
  /** DER certificates. */
  readonly timestampRoots: readonly Uint8Array[];
  /** Asked about builds by policies that want it. */
  readonly codeHosts: CodeHosts;
  readonly scanner: Scanner;
  readonly inspector: Inspector;
  /** Left out: nothing is measured. */
  readonly measures?: Measures;
  readonly now: () => Date;
}
