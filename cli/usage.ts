/** What help says of the commands about the portal: how each is called, its options, examples. */
import { portalCommands } from './verbs.ts';

export const portalUsage = `  countersign submit FILE --project SLUG --policy SLUG [--bundle FILE | --bundle-from github [--bundle-run ID]]
                     [--param NAME=VALUE]… [--supersede] [--configuration SLUG] [--idempotency-key K] [--wait]
                     [--timeout SECONDS] [--output DIR] [--json]
                                                               uploads FILE and asks for its signature
  countersign status REQUEST [--json]                          how it stands; why it was refused, where, how to mend it
  countersign wait REQUEST [--until gate|done] [--timeout SECONDS] [--output DIR] [--json]
                                                               until it ends; gate: or until people have to approve it
  countersign download REQUEST --output FILE|DIR [--despite-revocation] [--json]
  countersign cancel REQUEST --reason TEXT [--json]            asks the signer to end it before it signs
  countersign resubmit REQUEST [--policy SLUG] [--configuration SLUG] [--param NAME=VALUE]… [--wait] [--timeout SECONDS]
                     [--output DIR] [--json]                   the same file and provenance once more
  countersign list [--project SLUG] [--status STATUS] [--since DATE] [--limit N] [--json]     newest first
  countersign approve REQUEST --key FILE [--artifact FILE]     sign the approval statement with an SSH key
  countersign deny REQUEST --key FILE [--artifact FILE]        one denial ends the request
  countersign stop (--project SLUG | --everything) --reason TEXT --key FILE     freezes signing, within seconds
  countersign resume (--project SLUG | --everything) --reason TEXT --key FILE   and lets it go on
  countersign tokens list --project SLUG --key FILE
  countersign tokens create --project SLUG --key FILE --name NAME [--days N] [--policies SLUG,SLUG]
                                                               prints the token, alone and once, to standard output
  countersign tokens revoke TOKEN-ID --project SLUG --key FILE [--reason TEXT]   at once
  countersign past-requests --output FILE [--limit N]          what the signer decided; for --requests of plan

    --url URL            the portal; or COUNTERSIGN_URL; else that of a demo that runs in this folder or one above
    --token TOKEN        a project's API token; or COUNTERSIGN_TOKEN, which no other user of the machine can see. Without either,
                         a job of GitHub Actions with id-token: write shows its identity token, and one of GitLab CI/CD the
                         id token COUNTERSIGN_ID_TOKEN
    --artifact FILE      the file as you have it: approve and deny compare it with what the statement is about, submit sends it
    --bundle FILE        the Sigstore bundle of the build’s attestation
    --bundle-from HOST   in place of it: the portal looks the attestation up where the host keeps it, by the file’s SHA-256, in the
                         repository that the policy names. HOST is github. Of a private repository, COUNTERSIGN_BUNDLE_TOKEN is
                         a token with attestations: read, sent to the portal for this look alone
    --bundle-run ID      which run’s attestation, where the file has several; in a job with an identity token, its own
    --param N=VALUE      a value that the policy’s artifact configuration asks requests for, as version=1.2.3; once for each.
                         Also --parameter
    --configuration SLUG the artifact configuration that you expect: the policy names it, and refuses you another one
    --supersede          ends older requests of the same project, policy and branch or tag that aren’t signed yet; needs the
                         identity token of a build, which says the ref
    --idempotency-key K  the same key attaches to the same request
    --wait               until the request ends
    --until gate|done    what to wait for: gate is the first moment at which nothing but people is waited for
    --output PLACE       a folder, for the released file under its own name; download also takes the name of a file.
                         submit, wait and resubmit make the folder, and only fill it once the file is released
    --status STATUS      received, checking, waiting-for-approval, signing, completed, denied, failed, …
    --since DATE         not older than this, as 2026-11-30 or 2026-11-30T12:00:00Z
    --limit N            at most so many
    --reason TEXT        for the record, and for everybody who sees it
    --json               one JSON document on standard output: docs/guides/command.md describes it
    --retry-for SECONDS  how long to try again while network or portal fail (default 120; 0: not at all)
    --key FILE           your SSH key, as people/<handle>.yaml of the policy lists it; a .pub where an agent has the key
    --timeout SECONDS    how long --wait waits (default 600); the request itself never times out. With stop and resume, how long
                         to wait until every signer that works has confirmed (default 60)`;

/** By command, or by the first word of several. Each line is a command that works once its names are yours. */
const examples: Readonly<Record<string, readonly string[]>> = {
  submit: [
    'countersign submit app.zip --project widget --policy release-signing --bundle app.sigstore.json --param version=1.4.0',
    'countersign submit app.zip --project widget --policy release-signing --bundle-from github',
    'countersign submit app.zip --project widget --policy test-signing --wait --output signed/   # in a build',
  ],
  status: ['countersign status 0f8fad5b-d9cb-469f-a165-70867728950e --json | jq .reasons'],
  wait: [
    'countersign wait 0f8fad5b-d9cb-469f-a165-70867728950e --timeout 172800 --output signed/',
    'countersign wait 0f8fad5b-d9cb-469f-a165-70867728950e --until gate',
  ],
  download: ['countersign download 0f8fad5b-d9cb-469f-a165-70867728950e --output signed/'],
  cancel: ['countersign cancel 0f8fad5b-d9cb-469f-a165-70867728950e --reason "Built from the wrong tag."'],
  resubmit: ['countersign resubmit 0f8fad5b-d9cb-469f-a165-70867728950e --policy test-signing --wait'],
  list: ['countersign list --project widget --status waiting-for-approval'],
  approve: [
    'countersign approve 0f8fad5b-d9cb-469f-a165-70867728950e --key ~/.ssh/id_ed25519 --artifact app.zip',
  ],
  deny: ['countersign deny 0f8fad5b-d9cb-469f-a165-70867728950e --key ~/.ssh/id_ed25519'],
  stop: ['countersign stop --project widget --reason "A key may have leaked." --key ~/.ssh/id_ed25519'],
  resume: ['countersign resume --project widget --reason "It had not." --key ~/.ssh/id_ed25519'],
  tokens: [
    'countersign tokens create --project widget --key ~/.ssh/id_ed25519 --name "release workflow" --policies release-signing',
    'countersign tokens list --project widget --key ~/.ssh/id_ed25519',
  ],
  'past-requests': ['countersign past-requests --output past.json --limit 500'],
  validate: ['countersign validate policies --format github'],
  plan: ['countersign plan --base main --head my-branch --requests past.json'],
  explain: ['countersign explain widget release-signing'],
  fmt: ['countersign fmt --check projects/widget/policies/release-signing.yaml'],
  'init-policies': [
    "countersign init-policies policies --foundation 'Example Foundation' --homepage https://example.org --contact mailto:security@example.org --country AT --maintainer ada=ada.pub=github:1234='Ada Example'",
  ],
  config: ['countersign config check /etc/countersign/signer.yaml'],
  import: ['countersign import signpath artifact-configuration.xml --out projects/widget'],
  preflight: [
    'countersign preflight app.zip --config projects/widget/artifacts/app.yaml',
    'countersign preflight app.zip --suggest',
  ],
  'verify-origin': [
    'countersign verify-origin --bundle app.sigstore.json --artifact app.zip --policy projects/widget/policies/release-signing.yaml',
  ],
  audit: ['countersign audit verify export --key log.pub'],
  report: ['countersign report verify report.json --key log.pub --artifact app.zip'],
  completion: ['source <(countersign completion bash)', 'countersign completion fish | source'],
};

/** '' where a command has none. */
export function examplesOf(verb: string): string {
  const lines = examples[verb] ?? [];
  return lines.length === 0 ? '' : ['Examples:', ...lines.map((line) => `  ${line}`)].join('\n');
}

/** How a command of `text` is called: its lines; none where `text` has no such command. */
export function linesOf(text: string, verb: string): readonly string[] {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => line.startsWith(`  countersign ${verb} `));
  if (start < 0) return [];
  const length = lines
    .slice(start + 1)
    .findIndex((line) => !line.startsWith('       ') && !line.startsWith(`  countersign ${verb} `));
  return lines.slice(start, length < 0 ? undefined : start + 1 + length);
}

/** `verb` may be the first word of several commands, such as tokens. → null: there is none. */
export function explainPortalCommand(verb: string): string | null {
  const called = linesOf(portalUsage, verb);
  if (called.length === 0) return null;
  const taken = [...portalCommands].flatMap(([name, own]) =>
    name === verb || name.startsWith(`${verb} `) ? own : [],
  );
  const explained = taken.flatMap((name) => linesOfOption(name));
  return [...called, '', ...new Set(explained)].join('\n');
}

function linesOfOption(name: string): readonly string[] {
  const lines = portalUsage.split('\n');
  const start = lines.findIndex((line) => line.startsWith(`    --${name} `));
  if (start < 0) return [];
  const length = lines.slice(start + 1).findIndex((line) => !line.startsWith('       '));
  return lines.slice(start, length < 0 ? undefined : start + 1 + length);
}
