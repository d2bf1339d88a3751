/** What `/api/v1` answers, the front door before it included. schemas/openapi.yaml enumerates these. */
import { problemsOfFetches } from './of-fetches.ts';
import { problemsOfUploads } from './of-uploads.ts';
import { kind } from './problem-kind.ts';

export const problemsOfApi = {
  ...problemsOfFetches,
  ...problemsOfUploads,
  // 400: not a question that can be answered.
  ADDRESS_INVALID: kind(400, 'Not a valid address', {
    meaning: 'The address contains a zero byte, or what doesn’t decode to UTF-8 text.',
    fix: 'Check the address.',
  }),
  BODY_INVALID: kind(400, 'Request not valid', {
    meaning: 'A member of the body, a parameter of the address or a header isn’t as the API describes it.',
    fix: 'Compare the request with /api/v1/openapi.yaml.',
  }),
  CONTENT_LENGTH_INVALID: kind(400, 'Content-Length not valid', {
    meaning: 'The Content-Length header is not a number of bytes.',
    fix: 'Send the size of the body in bytes, or use chunked transfer encoding.',
  }),
  CURSOR_INVALID: kind(400, 'Cursor not valid', {
    meaning: 'The cursor is none that this list has given.',
    fix: 'Take the cursor from the page before as it is, or start without one.',
  }),
  IDENTIFIER_INVALID: kind(400, 'Value not valid', {
    meaning: 'A slug, a digest or an id hasn’t the form of one.',
    fix: 'Put the value right and send it again.',
  }),
  JSON_INVALID: kind(400, 'JSON not readable', {
    meaning: 'The body is no JSON in UTF-8, or is nested deeper than anything that is asked for.',
    fix: 'Send one JSON value, encoded as UTF-8.',
  }),
  QUERY_INVALID: kind(400, 'Search not valid', {
    meaning: 'The text to look for is too long, or holds what nothing here can hold.',
    fix: 'Look for a shorter text, without control characters.',
  }),
  // 401, 403: who asks.
  TOKEN_EXPIRED: kind(401, 'Token expired', {
    meaning: 'The API token has run out.',
    fix: 'Make another on the page of its project.',
  }),
  TOKEN_MAKER_LEFT: kind(401, 'Token no longer valid', {
    meaning: 'Whoever made the API token is no author, approver or submitter of the project any more.',
    fix: 'Somebody on the team makes another.',
  }),
  TOKEN_MALFORMED: kind(401, 'Token not readable', {
    meaning: 'The Authorization header does not hold a whole API token.',
    fix: 'Send “Authorization: Bearer csn_…” with the token as it was shown when it was made.',
  }),
  TOKEN_REVOKED: kind(401, 'Token revoked', {
    meaning: 'The API token was revoked.',
    fix: 'Make another on the page of its project.',
  }),
  TOKEN_UNKNOWN: kind(401, 'Token not valid', {
    meaning: 'This portal has made no such API token.',
    fix: 'Check that the token belongs to this portal; its project’s page lists its tokens for the team.',
  }),
  BUILD_TOKEN_ALGORITHM: kind(401, 'Identity token not signed as its issuer signs', {
    meaning: 'The identity token of a build names another signature algorithm than its issuer uses.',
    fix: 'Send the token as the host gave it to the job.',
  }),
  BUILD_TOKEN_AUDIENCE: kind(401, 'Identity token for another audience', {
    meaning: 'The identity token of a build was made for somebody else than this portal.',
    fix: 'Ask the host for a token whose audience is exactly this portal’s address.',
  }),
  BUILD_TOKEN_CLAIMS: kind(401, 'Identity token of no build', {
    meaning: 'The identity token doesn’t say which repository, workflow and run it is of.',
    fix: 'Send the token that the host gives to a job of a workflow or pipeline.',
  }),
  BUILD_TOKEN_EARLY: kind(401, 'Identity token not valid yet', {
    meaning: 'The identity token of a build is dated in the future.',
    fix: 'Set the clocks: they may differ by 30 seconds.',
  }),
  BUILD_TOKEN_EXPIRED: kind(401, 'Identity token expired', {
    meaning: 'The identity token of a build is older than five minutes, or has run out.',
    fix: 'Ask for a new one right before each call.',
  }),
  BUILD_TOKEN_ISSUER_UNKNOWN: kind(401, 'Issuer of the identity token not known', {
    meaning: 'The policy in force lists no build system with this issuer.',
    fix: 'Submit from a build system of the policy, or with an API token.',
  }),
  BUILD_TOKEN_KEY_UNKNOWN: kind(401, 'Key of the identity token not known', {
    meaning: 'The identity token of a build is signed with a key that its issuer doesn’t publish.',
    fix: 'Ask for a new token and send it.',
  }),
  BUILD_TOKEN_MALFORMED: kind(401, 'Identity token not readable', {
    meaning: 'The Authorization header has something of the form of an identity token that can’t be read.',
    fix: 'Send the token as the host gave it to the job.',
  }),
  BUILD_TOKEN_SIGNATURE: kind(401, 'Identity token not genuine', {
    meaning: 'The signature of the identity token is not its issuer’s.',
    fix: 'Send the token as the host gave it to the job, all of it.',
  }),
  BUILD_NOT_ALLOWED: kind(403, 'Build not allowed', {
    meaning:
      'The policy takes no requests from this build: of another repository, workflow, ref or event, or of any. The member `findings` says which line of the policy asked for what.',
    fix: 'Submit from a build that the policy’s origin describes, under a policy that takes this one, or with an API token.',
  }),
  FOREIGN_ORIGIN: kind(403, 'Sent from another site', {
    meaning: 'A browser sent this from a page of another site. Nothing was done.',
    fix: 'Do it on a page of this portal. Programs send an API token and no Origin.',
  }),
  // To nobody in particular: they have not said who they are (RFC 9110, section 15.5.2).
  NOT_ALLOWED: kind(
    403,
    'Not allowed',
    {
      meaning: 'The caller may not do this. With 401, nobody has said who asks, or not in a way that counts.',
      fix: 'Send a token of the project, or let somebody ask who may.',
    },
    401,
  ),
  // 404, 405: what isn’t there. A body that names what isn’t there is a 422.
  METHOD_NOT_ALLOWED: kind(405, 'Method not allowed', {
    meaning: 'This address doesn’t take this method.',
    fix: 'Compare the call with /api/v1/openapi.yaml.',
  }),
  NOT_FOUND: kind(404, 'Nothing at this address', {
    meaning: 'There is nothing at this address.',
    fix: 'Compare the address with /api/v1/openapi.yaml.',
  }),
  NOT_RELEASED: kind(404, 'Nothing released', {
    meaning: 'The signer has released no file for this request.',
    fix: 'Check the status of the request.',
  }),
  NO_REPORT: kind(404, 'No inspection report', {
    meaning: 'There is no inspection report of this request: the signer has not looked inside the artifact.',
    fix: 'Check the status of the request.',
  }),
  REPORT_NOT_SIGNED: kind(404, 'Report not signed', {
    meaning: 'The log’s key has not signed this inspection report yet.',
    fix: 'Ask again later.',
  }),
  NO_SUCH_TOKEN: kind(404, 'No such token', {
    meaning: 'The project has no such API token.',
    fix: 'List the tokens of the project, and take the id from there.',
  }),
  UNKNOWN_PROJECT: kind(
    422,
    'No such project',
    {
      meaning: 'The policy in force has no such project. With 404, the address names it; with 422, the body.',
      fix: 'Look it up in the list of projects.',
    },
    404,
  ),
  UNKNOWN_REQUEST: kind(404, 'No such request', {
    meaning: 'There is no signing request with this id, or no such pass of it.',
    fix: 'Check the id; GET /api/v1/requests lists all requests.',
  }),
  // 408: what was sent came too slowly. Said before the connection is closed.
  REQUEST_TOO_LONG: kind(408, 'Request took too long', {
    meaning: 'A request that isn’t an upload has to arrive within a time limit, and didn’t.',
    fix: 'Send it again. Files are sent with PUT /api/v1/artifacts/{sha256}.',
  }),
  // 409: not as things stand.
  ALREADY_DONE: kind(409, 'Done already', {
    meaning: 'This was done before: the token is revoked, or the signed command was carried out.',
    fix: 'Check the current state. To do more, sign a new command.',
  }),
  BUILD_TOKEN_USED: kind(409, 'Identity token already used', {
    meaning:
      'This identity token has made a request already, and a token makes one. Sending the same request again is fine.',
    fix: 'Ask the host for another token for each request.',
  }),
  IDEMPOTENCY_KEY_REUSED: kind(409, 'Idempotency-Key already used', {
    meaning: 'The project used this Idempotency-Key for something else.',
    fix: 'Send another key, or the same request.',
  }),
  NOT_WAITING_FOR_APPROVAL: kind(409, 'Not waiting for an approval', {
    meaning: 'The signer doesn’t wait for an approval of this request.',
    fix: 'Check the status of the request.',
  }),
  REFUSED_TOO_OFTEN: kind(409, 'Refused too often', {
    meaning: 'These files were refused so often under this policy that they aren’t tried again.',
    fix: 'Fix what the refusals name before submitting again.',
  }),
  RELEASE_REVOKED: kind(409, 'Release revoked', {
    meaning: 'The release is revoked: don’t run it. The member `revocation` names the notice.',
    fix: 'Take another release. To investigate this one, add despite=revoked.',
  }),
  REQUEST_ENDED: kind(409, 'Request ended', {
    meaning: 'The request has ended, so no decision about it counts any more, and it can’t be cancelled.',
    fix: 'See how it ended; submit a new request where another is needed.',
  }),
  TOO_MANY_TOKENS: kind(409, 'Too many tokens', {
    meaning: 'The project has as many active API tokens as it may have.',
    fix: 'Revoke one that nobody uses, then make the new one.',
  }),
  // 413, 415, 422: what was sent.
  BODY_TOO_LARGE: kind(413, 'Body too large', {
    meaning: 'The body is larger than this address takes.',
    fix: 'Upload files with PUT /api/v1/artifacts/{sha256}; send less here.',
  }),
  CONTENT_TYPE_UNSUPPORTED: kind(415, 'Content type not supported', {
    meaning: 'The body is of another type than this address takes, or of none.',
    fix: 'Send the Content-Type that /api/v1/openapi.yaml names for this address.',
  }),
  APPROVAL_NOT_POSSIBLE: kind(422, 'Approval not possible', {
    meaning: 'Too few people could approve this request: its submitter doesn’t count.',
    fix: 'Let somebody else submit it, or let the policy name more approvers.',
  }),
  APPROVAL_NOT_VALID: kind(422, 'Approval not valid', {
    meaning: 'The signed decision wouldn’t count: it is about something else, by another key, or too old.',
    fix: 'Fetch the statement again, and sign exactly that.',
  }),
  ARTIFACT_NOT_UPLOADED: kind(422, 'Artifact not uploaded', {
    meaning:
      'There is no uploaded artifact with this digest; what no request uses is removed after some hours.',
    fix: 'Upload it with PUT /api/v1/artifacts/{sha256}, then submit again.',
  }),
  PARAMETERS_INVALID: kind(422, 'Parameters not valid', {
    meaning:
      'A parameter is missing, isn’t asked for by the artifact configuration, or has a value that it doesn’t take.',
    fix: 'Send the parameters that the page of the policy names, each with a value that fits its pattern.',
  }),
  ORIGIN_EVIDENCE_MISSING: kind(422, 'Proof of origin missing', {
    meaning: 'The policy asks for proof of where the artifact was built, and none was sent.',
    fix: 'Send the Sigstore bundle of the build as `bundle`.',
  }),
  CONFIGURATION_OF_POLICY: kind(422, 'Configuration chosen by the policy', {
    meaning:
      'The policy names another artifact configuration than the one that was asked for; a request can’t choose.',
    fix: 'Submit under a policy that signs by it.',
  }),
  SOURCE_REF_UNKNOWN: kind(422, 'Ref not known', {
    meaning: 'Only the identity token of a build says of which branch or tag it is, and none was sent.',
    fix: 'Submit with the identity token of the build, or without `supersedes`.',
  }),
  PROJECT_NOT_ACTIVE: kind(422, 'Project not active', {
    meaning: 'The policy in force says that the project is paused or retired.',
    fix: 'Ask the foundation.',
  }),
  REASON_INVALID: kind(422, 'Reason not valid', {
    meaning: 'The reason is missing or too long.',
    fix: 'Say in a sentence why.',
  }),
  STOP_NOT_VALID: kind(422, 'Emergency stop not valid', {
    meaning:
      'The signed statement wouldn’t stop anything: its form, its time, its key or its signature is wrong.',
    fix: 'Sign the statement as it is shown, within 15 minutes, with a key that the policy lists.',
  }),
  TOKEN_COMMAND_NOT_VALID: kind(422, 'Signed command not valid', {
    meaning: 'The signed command doesn’t count: its form, its time, its key or its signature is wrong.',
    fix: 'Let the command line write and sign it: countersign tokens.',
  }),
  TOKEN_DAYS_INVALID: kind(422, 'Token not valid', {
    meaning: 'An API token holds for 1 to 366 days.',
    fix: 'Name a number of days within these.',
  }),
  TOKEN_NAME_INVALID: kind(422, 'Token not valid', {
    meaning: 'The name of the API token is missing or too long.',
    fix: 'Choose another name.',
  }),
  UNKNOWN_POLICY: kind(422, 'No such signing policy', {
    meaning: 'The project has no signing policy of this name.',
    fix: 'Look it up on the project’s page.',
  }),
  // 429, 5xx: later.
  TOO_MANY_AT_ONCE: kind(429, 'Too many at once', {
    meaning: 'Too much is coming in from one network at once, or one caller waits for too many requests.',
    fix: 'Wait until the others are done, then send it again.',
  }),
  TOO_MANY_UPLOADS: kind(429, 'Too many uploads', {
    meaning: 'Whoever sends this has as many uploads running as they may have.',
    fix: 'Wait until one of them has ended.',
  }),
  TOO_OFTEN: kind(429, 'Too often', {
    meaning: 'That was too often in a short time. The header Retry-After says when it may be done again.',
    fix: 'Wait so long, then send it again.',
  }),
  BUILD_KEYS_UNAVAILABLE: kind(503, 'Keys of the build system unavailable', {
    meaning: 'The keys that identity tokens are verified with can’t be had from their issuer.',
    fix: 'Try again in a minute, or submit with an API token.',
  }),
  INTERNAL_ERROR: kind(500, 'Internal error', {
    meaning: 'The portal failed through a fault of its own. Sending it again is unlikely to help.',
    fix: 'Tell the operators of the portal, with the member `requestId`: their log has it.',
  }),
  NO_ACCEPTED_POLICY: kind(503, 'No policy accepted yet', {
    meaning: 'The signer has accepted no policy yet, so nobody has a right to anything.',
    fix: 'Wait until the service state shows an accepted policy.',
  }),
  STORE_UNAVAILABLE: kind(503, 'Artifact store unavailable', {
    meaning: 'The store of artifacts did not answer.',
    fix: 'Try again later; /readyz says what is down.',
  }),
  TEMPORARILY_UNAVAILABLE: kind(503, 'Temporarily unavailable', {
    meaning: 'Something that the portal needs did not answer. Nothing was changed by halves.',
    fix: 'Try again later; /readyz says what is down.',
  }),
  STORE_FULL: kind(507, 'No space left', {
    meaning: 'The store of artifacts has no room for the upload.',
    fix: 'Try again later; the operators of the portal see it.',
  }),
};
