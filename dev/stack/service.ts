/** A part of the stack that runs in the background. */
export interface RunningService {
  readonly name: string;
  readonly pid: number;
  readonly url: string;
  readonly port: number;
  health(): Promise<boolean>;
  stop(): Promise<void>;
}
