/** The app that the window speaks with, wherever its engine runs. */
export interface HostedApp {
  /** True when the engine is another program's. */
  readonly borrowed: boolean;
  /** Answers a request as the machine's owner's; never rejects for what the engine refuses. */
  fetch(request: Request): Promise<Response>;
  /** Lets go: an engine of ours ends its work within the grace and keeps what is unfinished for its next start. */
  close(graceSeconds: number): Promise<void>;
}
