import { Unavailable } from '../../ground/availability/index.ts';

/** The code host can't be asked now, or its answer isn't final yet. `until`: when asking again is worth it. */
export class HostUnavailable extends Unavailable {
  static override readonly errorName = 'HostUnavailable';
  constructor(message: string, fix: string, until: Date | null = null, cause?: unknown) {
    super('host', message, fix, cause, until);
  }
}
