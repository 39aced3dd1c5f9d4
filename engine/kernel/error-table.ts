import { type ErrorRow, EXIT, row } from './error-row.ts';
import { DESKTOP_ERRORS } from './errors-of-desktop.ts';
import { REQUEST_ERRORS } from './errors-of-requests.ts';

/** Every failure the product knows: the closed list behind `FAILED(code)`, exit codes, problem documents and the docs. */
export const ERRORS = {
  // usage and input of the person (exit 2)
  usage: row('{problem} Run `./stageflow --help` to see how it is used.', EXIT.usage, 400),
  file_not_found: row('There is no file or folder at {path}. Check the path and run the scan again.', EXIT.usage, 400),
  file_unreadable: row(
    '{path} cannot be read ({reason}). Check its permissions and run the scan again.',
    EXIT.usage,
    400,
  ),
  not_a_zip: row(
    '{path} is not a ZIP archive. Pack the build folder as .zip, or give the folder itself.',
    EXIT.usage,
    400,
  ),
  bad_url: row(
    '{url} is not a URL that can be scanned: {reason}. Give an http:// or https:// address.',
    EXIT.usage,
    400,
  ),
  private_address: row(
    '{url} leads to {address}, which is {kind}. Such addresses are not scanned{exception}.',
    EXIT.usage,
    400,
  ),
  no_modules: row('No scanner module was chosen. Name at least one with -m, for example -m axe,seo.', EXIT.usage, 400),
  unknown_module: row('There is no scanner module called {module}. Known modules: {known}.', EXIT.usage, 400),
  bad_option: row('The value {value} of {option} cannot be used: {reason}.', EXIT.usage, 400),
  input_expired: row(
    'The uploaded archive of this job has been removed by the retention rule. Submit the archive again.',
    EXIT.usage,
    410,
  ),
  job_not_found: row(
    'There is no job {jobId} in this data folder. `./stageflow jobs` lists the known ones.',
    EXIT.usage,
    404,
  ),
  nothing_to_resume: row('There is no unfinished job to resume. Start a scan first.', EXIT.usage, 404),
  upload_mismatch: row('The uploaded archive is not what was announced: {reason}. Upload it again.', EXIT.usage, 422),
  conflict: row('The job {jobId} is in state {state}, which does not allow {action}.', EXIT.usage, 409),
  secrets_gone: row(
    'The login details of this job are no longer stored, so it cannot go on. Start a new scan with the same --header, --cookie or --storage-state.',
    EXIT.usage,
    410,
  ),

  nothing_to_back_up: row(
    'There is nothing to back up yet: {path} holds no jobs. Run a scan first, or set STAGEFLOW_HOME to the folder that is meant.',
    EXIT.usage,
    404,
  ),
  not_a_backup: row(
    '{path} is not a backup of Stageflow: {reason}. Give the folder that `./stageflow backup -o` wrote.',
    EXIT.usage,
    422,
  ),
  backup_damaged: row(
    'The backup is damaged: {what} is not what the manifest says. Nothing was changed; take another backup.',
    EXIT.usage,
    422,
  ),
  folder_in_use: row('{path} holds something already. Choose an empty folder{else}.', EXIT.usage, 409),
  remote_unknown: row(
    'There is no remote called {remote}. Known: {known}. Add one with: ./stageflow remote add {remote} https://…',
    EXIT.usage,
    404,
  ),
  server_needed: row(
    '{what} needs a running server. Start one with `./stageflow server`, or name one with --remote.',
    EXIT.usage,
    409,
  ),

  // refused archives (exit 2)
  zip_framing: row('The archive is refused: {reason}. Create it again with an ordinary ZIP tool.', EXIT.usage, 422),
  zip_path: row(
    'The archive is refused: the entry {entry} points outside the archive. Remove it and pack again.',
    EXIT.usage,
    422,
  ),
  zip_special_file: row(
    'The archive is refused: the entry {entry} is a link, device or other special file. Pack plain files only.',
    EXIT.usage,
    422,
  ),
  zip_overlap: row(
    'The archive is refused: the data of {entry} overlaps another entry. Pack the build again.',
    EXIT.usage,
    422,
  ),
  zip_count: row('The archive is refused: {reason}. Pack only the built site.', EXIT.usage, 422),
  zip_size: row('The archive is refused: {reason} ({entry}). Pack only the built site.', EXIT.usage, 422),
  zip_ratio: row(
    'The archive is refused: {entry} unpacks to far more than its size allows. Remove it and pack again.',
    EXIT.usage,
    422,
  ),
  zip_crc: row(
    'The archive is damaged: the checksum of {entry} does not match. Pack or upload it again.',
    EXIT.usage,
    422,
  ),
  zip_duplicate: row(
    'The archive is refused: the name {entry} occurs more than once. Pack the build again.',
    EXIT.usage,
    422,
  ),
  zip_name: row(
    'The archive is refused: the name {entry} cannot be used ({reason}). Rename it and pack again.',
    EXIT.usage,
    422,
  ),
  zip_mismatch: row(
    'The archive is refused: its two descriptions of {entry} disagree ({reason}). Pack the build again.',
    EXIT.usage,
    422,
  ),
  zip_encrypted: row('The archive is encrypted ({entry}). Pack it again without a password.', EXIT.usage, 422),
  zip_method: row(
    'The archive is refused: {entry} uses a compression method other than store or deflate.',
    EXIT.usage,
    422,
  ),
  zip_multidisk: row(
    'The archive is one part of a split archive. Join the parts into one file first.',
    EXIT.usage,
    422,
  ),

  // nothing scanned (exit 4)
  zip_empty: row('The archive holds no files. Build the site, then pack the build folder.', EXIT.nothingScanned, 422),
  zip_no_html: row('The archive holds no HTML page. Pack the folder that holds index.html.', EXIT.nothingScanned, 422),
  host_unresolvable: row('The host {host} has no address. Check the spelling or your DNS.', EXIT.nothingScanned, 422),
  host_unreachable: row(
    '{host} does not answer ({reason}). Check that the site is up, then run the scan again.',
    EXIT.nothingScanned,
    422,
  ),
  all_blocked: row(
    'Every page was blocked ({reason}), so nothing was scanned. Allow the scanner on the site or change the list.',
    EXIT.nothingScanned,
    422,
  ),
  nothing_scanned: row(
    'No page could be scanned. The coverage list of the report says why for each page.',
    EXIT.nothingScanned,
    422,
  ),

  // environment (exit 5)
  setup_needed: row('{what} is missing. Run by hand: {commands}', EXIT.environment, 503),
  podman_missing: row('Podman was not found. Run: sudo apt-get install -y podman', EXIT.environment, 503),
  podman_failed: row(
    'Podman could not do its work: {reason}. Run `./stageflow doctor` to see what to mend.',
    EXIT.environment,
    503,
    'once',
  ),
  image_missing: row(
    'The scanner image could not be built: {reason}. Run `./stageflow doctor`.',
    EXIT.environment,
    503,
  ),
  nats_missing: row(
    'No usable nats-server was found. Run `./stageflow doctor` to see how to get one.',
    EXIT.environment,
    503,
  ),
  nats_failed: row(
    'The queue (nats-server) does not answer: {reason}. Start the command again; finished work is kept.',
    EXIT.environment,
    503,
    'backoff',
  ),
  nats_unsafe: row(
    'The queue at {url} is refused: {reason}. Give one on loopback, or over tls://, that asks for a token.',
    EXIT.environment,
    503,
  ),
  ledger_failed: row(
    'The ledger {path} cannot be used: {reason}. Free the disk or restore a backup.',
    EXIT.environment,
    503,
    'backoff',
  ),
  ledger_too_new: row(
    'The ledger {path} was written by a newer Stageflow (layout {found}, this one knows {known}). Update Stageflow, or set STAGEFLOW_HOME to another folder.',
    EXIT.environment,
    503,
  ),
  sqlite_too_old: row(
    'SQLite {version} can damage its file when two connections write; {wanted} or newer is needed. Run `npm ci` in the folder of Stageflow.',
    EXIT.environment,
    503,
  ),
  store_failed: row(
    'An artifact could not be stored: {reason}. Free disk space or check the store, then resume.',
    EXIT.environment,
    503,
    'backoff',
  ),
  disk_full: row(
    'The disk of {path} has no space left. Free some space, then run again with --resume.',
    EXIT.environment,
    507,
    'backoff',
  ),
  data_folder_busy: row(
    'Another Stageflow engine (process {pid}) uses {path}. Wait for it to end, or set STAGEFLOW_HOME to another folder.',
    EXIT.environment,
    503,
  ),
  backup_incomplete: row(
    'The backup in {path} lacks {count} objects that the ledger names, the first {first}. The rest is whole and can be restored.',
    EXIT.incomplete,
    500,
  ),
  replay_differs: row(
    'What is stored of job {jobId} is not what its events tell: {what}. Its events are the record; please report this with the job id.',
    EXIT.environment,
    500,
  ),
  remote_unreachable: row(
    'The server at {url} cannot be reached: {reason}. Check the address and that it runs.',
    EXIT.environment,
    503,
  ),
  engine_gone: row(
    'The engine that ran job {jobId} has ended. Go on with: ./stageflow scan --resume {jobId}',
    EXIT.environment,
    503,
  ),
  node_name_taken: row(
    'Another live engine already bears the node name {node}. Set STAGEFLOW_NODE to another name.',
    EXIT.environment,
    503,
  ),
  node_too_old: row(
    'Node {version} is too old; {wanted} or newer is needed. Start Stageflow through ./stageflow.',
    EXIT.environment,
    503,
  ),
  sandbox_missing: row(
    'That the browser runs in its own sandbox could not be shown here, so nothing was scanned. Run `./stageflow doctor`; a kernel before 5.9 cannot show it.',
    EXIT.environment,
    503,
  ),
  browser_failed: row(
    'The browser could not be started or died twice: {reason}. Run `./stageflow doctor`.',
    EXIT.environment,
    503,
    'once',
  ),

  // a job's own failures
  pod_crashed: row(
    'The scan container ended early (exit {exitCode}). It was tried again once; run the scan again with --resume.',
    EXIT.environment,
    500,
    'once',
  ),
  pod_killed: row(
    'Something on this machine ended the scan container again and again (exit {exitCode}). Look for what does it, for example the kernel where memory is short; then run the scan again with --resume.',
    EXIT.environment,
    500,
    'backoff',
  ),
  pod_lost: row(
    'Podman lost the scan container again and again: its monitor (conmon) was ended. Look for what does it, then run the scan again with --resume.',
    EXIT.environment,
    500,
    'backoff',
  ),
  pod_oom: row(
    'The scan container ran out of memory. Scan fewer pages at once or raise the memory limit, then resume.',
    EXIT.environment,
    500,
    'once',
  ),
  pod_full: row(
    'The {role} container of the scan used up its own temporary space; the disk of this machine is not full. Scan fewer pages at once or a smaller build.',
    EXIT.environment,
    500,
    'once',
  ),
  pod_silent: row(
    'The scan container stopped answering for {seconds} s. It was tried again once; resume the scan.',
    EXIT.environment,
    500,
    'once',
  ),
  pod_not_ready: row(
    'The scan container did not get ready within {seconds} s. Run `./stageflow doctor`.',
    EXIT.environment,
    500,
    'once',
  ),
  deadline: row(
    'The job reached its time limit of {seconds} s. Raise --timeout or scan fewer pages.',
    EXIT.incomplete,
    500,
  ),
  bad_result: row(
    'A scan container sent data that breaks the protocol ({reason}); it was ended and nothing of it was kept.',
    EXIT.environment,
    500,
    'once',
  ),
  egress: row('The way to the web failed for this job ({reason}). Run the scan again.', EXIT.environment, 500, 'once'),
  poison: row(
    'An event of this job could not be handled five times and was set aside. See `./stageflow jobs` and report this.',
    EXIT.environment,
    500,
  ),
  cancelled: row(
    'The job was cancelled. What was found until then is in the report; --resume goes on from there.',
    EXIT.interrupted,
    200,
  ),
  storage: row(
    'The report could not be stored: {reason}. Free disk space or check the store, then resume.',
    EXIT.environment,
    503,
    'backoff',
  ),

  // answers of the server to a request
  ...REQUEST_ERRORS,
  ...DESKTOP_ERRORS,

  // inside the machine
  fenced: row('A newer attempt owns job {jobId}; this one stopped.', EXIT.environment, 409),
  bad_event: row('An event could not be read: {reason}. It was set aside as a dead letter.', EXIT.environment, 500),
  future_event: row(
    'An event of type {type} has version {version}, newer than this program knows. Update Stageflow.',
    EXIT.environment,
    500,
  ),
  illegal_transition: row('The event {event} cannot happen in state {state}; it was refused.', EXIT.environment, 409),
  internal: row(
    'Something went wrong inside Stageflow: {reason}. Please report this with the job id.',
    EXIT.environment,
    500,
  ),

  // one cell or page (lines of the report; never a failed job)
  page_timeout: row(
    'The page took too long ({reason}); it was scanned as far as it had loaded or left out. Give it more with --page-timeout.',
    EXIT.incomplete,
    504,
  ),
  page_crashed: row(
    'The page crashed the browser tab. Look for runaway scripts or memory on this page.',
    EXIT.incomplete,
    500,
  ),
  page_blocked: row(
    'The site refused the page ({reason}). Allow the scanner, or give login details.',
    EXIT.incomplete,
    403,
  ),
  page_denied: row(
    'The page leads where Stageflow does not go ({reason}). Correct the redirect, or name a server of your own with --allow-host.',
    EXIT.incomplete,
    403,
  ),
  page_left: row(
    'The address leads to another site, {reason}, which is not part of this job. Scan that site by its own address.',
    EXIT.pass,
    200,
  ),
  page_not_html: row(
    'The address does not give an HTML page ({reason}), so page modules were not run.',
    EXIT.incomplete,
    415,
  ),
  page_failed: row('The page could not be loaded ({reason}).', EXIT.incomplete, 502),
  cell_timeout: row('The module {scanner} did not finish on this page within {seconds} s.', EXIT.incomplete, 504),
  cell_failed: row('The module {scanner} failed on this page: {reason}.', EXIT.incomplete, 500),
  not_measurable: row('This cannot be measured here: {reason}.', EXIT.pass, 200),
  asset_blocked: row(
    'A style, script or font of the page was not loaded from {host}, so results that depend on it need review. Allow it with --allow-assets {host}.',
    EXIT.pass,
    200,
  ),

  // egress refusals, as the tunnel answers them
  egress_denied: row('The connection to {target} was refused: {reason}.', EXIT.incomplete, 403),
  egress_limit: row('The job reached its limit of {limit} for traffic to the web.', EXIT.incomplete, 429),
} as const satisfies Record<string, ErrorRow>;
