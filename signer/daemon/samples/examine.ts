/** One sample: its bytes out of the store, looked at by the inspector, and what the signer says of it. */
import { compileConfiguration, fillParameters, type ElementLocations } from '#core/artifact/index.ts';
import { signedAs } from '#core/formats/told-facts.ts';
import { makeReportInSteps, type InspectionReport } from '#core/inspection-report/index.ts';
import { canonicalJson, type JsonValue } from '#core/json/index.ts';
import { parseSha256Hex } from '#core/ids/index.ts';
import {
  elementLocations,
  parsePolicyFile,
  type ArtifactConfigurationDocument,
  type PolicySnapshot,
} from '#core/policy/index.ts';
import { formatBytes } from '#core/text/size/index.ts';
import { signingOrder, whyNothing } from '#core/suggestion/index.ts';
import { hasParameters } from '#core/wire/parameters/index.ts';
import { fail, failures, warnings } from '#core/wire/finding/index.ts';
import {
  firstFindings,
  firstSteps,
  suggestionCharactersMax,
  type SampleFailure,
  type SampleOutcome,
} from '#core/wire/sample/index.ts';
import { createHash, X509Certificate } from 'node:crypto';
import path from 'node:path';
import {
  allFindings,
  examineUnknown,
  InspectorError,
  limitsOfFiles,
  type Examination,
  type Inspector,
} from '../../inspector/index.ts';
import { inTurns } from '../../ground/in-turns/index.ts';
import type { ArtifactStore } from '../../ground/store/index.ts';
import type { ClaimedSample } from './claim.ts';

export interface ExaminePorts {
  readonly inspector: Pick<Inspector, 'inspect' | 'discard'>;
  readonly artifacts: ArtifactStore;
  readonly snapshot: PolicySnapshot | null;
  readonly sizeBytesMax: number;
  readonly secondsMax: number;
  readonly now: Date;
  /** Aborted when the signer stops. */
  readonly signal: AbortSignal;
}

export interface Examined {
  readonly report: InspectionReport;
  /** Without the figures of the tree. */
  readonly outcome: Omit<SampleOutcome, 'tree'>;
}

const failure = (message: string, fix: string): SampleFailure => ({ version: 1, message, fix });

/** `directory` is the sample's own, and there. Throws for what may go better another time. */
export async function examineSample(
  ports: ExaminePorts,
  { id, asked }: ClaimedSample,
  directory: string,
): Promise<Examined | SampleFailure> {
  const { artifacts, sizeBytesMax, secondsMax } = ports;
  if (asked === null)
    return failure('The portal asked for something that is no sample.', 'Drop the file again.');
  const file = path.join(directory, 'sample');
  const fetched = await artifacts.fetch(asked.sha256, file, sizeBytesMax);
  if (fetched === null)
    return failure(
      'The file is no longer in the store.',
      'Drop it again: samples are kept for a short time.',
    );
  if (fetched === 'too-large')
    return failure(
      `The signer looks at samples of at most ${formatBytes(sizeBytesMax)}, and this one has more.`,
      'Look at it on your own machine: countersign preflight FILE --suggest',
    );
  if (fetched.sha256 !== asked.sha256)
    return failure('The store has other bytes than were dropped.', 'Drop the file again.');
  const timeout = AbortSignal.timeout(secondsMax * 1000);
  const work = { ...ports, signal: AbortSignal.any([ports.signal, timeout]) };
  try {
    return await examine(work, { file, folder: `sample-${id}`, asked });
  } catch (error) {
    if (ports.signal.aborted) throw error;
    if (timeout.aborted)
      return failure(
        `Looking at it took longer than ${secondsMax} s, which is all that a sample gets.`,
        'Look at it on your own machine: countersign preflight FILE --suggest',
      );
    if (!(error instanceof InspectorError)) throw error;
    if (limitsOfFiles[error.code] === undefined) throw error;
    return failure(
      `${error.message}: the signer would refuse the file for that.`,
      'Submit the release in several smaller files.',
    );
  }
}

interface Sample {
  readonly file: string;
  readonly folder: string;
  readonly asked: NonNullable<ClaimedSample['asked']>;
}

async function examine(ports: ExaminePorts, { file, folder, asked }: Sample): Promise<Examined> {
  const { inspector, now, signal } = ports;
  const upstreamRoots = rootsOf(ports.snapshot);
  const examination = await examineUnknown(inspector, {
    file,
    name: asked.name,
    folder,
    upstreamRoots,
    now,
    signal,
  });
  const { inspection, configuration, suggestion } = examination;
  const { elements } = compileConfiguration(configuration);
  const refused = failures(allFindings(inspection, elements, {}));
  const report = await inTurns(
    makeReportInSteps({
      request: null,
      artifactName: asked.name,
      configurationSha256: digestOf(configuration),
      inspected: inspection,
      elements,
      locations: suggestion === null ? {} : linesOf(suggestion.text),
      methodOf: signedAs,
      scan: null,
    }),
  );
  const isLong = suggestion !== null && suggestion.text.length > suggestionCharactersMax;
  const against = await holdAgainst(ports, { file, folder, asked }, examination);
  return {
    report,
    outcome: {
      version: 1,
      suggestion:
        suggestion === null || isLong
          ? null
          : { text: suggestion.text, reasonsToWrite: suggestion.reasonsToWrite },
      nothing:
        suggestion === null
          ? whyNothing({
              empty: inspection.sizeBytes === 0,
              refused: refused.length > 0,
              signed: isSigned(examination),
            })
          : isLong
            ? 'The configuration would be too long for a page: countersign preflight FILE --suggest writes it.'
            : null,
      refused: firstFindings(refused),
      ...firstSteps(signingOrder(inspection, elements)),
      against,
    },
  };
}

/** Lines of the suggested text, by which the sample’s files are expected. What somebody still has to write there doesn’t validate yet. */
function linesOf(text: string): ElementLocations {
  const whole = text.replaceAll('reason: TODO', 'reason: still to be written');
  const path = 'projects/sample/artifacts/suggested.yaml';
  const parsed = parsePolicyFile({ path, bytes: Buffer.from(whole, 'utf8') });
  // At this path nothing else is valid.
  return parsed.ok ? elementLocations(parsed.document as ArtifactConfigurationDocument) : {};
}

const isSigned = ({ inspection }: Examination): boolean =>
  [...inspection.leaves, ...inspection.containers].some(
    ({ signatures }) => signatures !== null && signatures.length > 0,
  );

/** The file and a configuration of the policy in force. */
async function holdAgainst(
  { inspector, snapshot, now, signal }: ExaminePorts,
  { file, folder, asked }: Sample,
  { version }: Examination,
): Promise<SampleOutcome['against']> {
  const { project, configuration: name } = asked;
  if (project === null || name === null || snapshot === null) return null;
  const document = snapshot.projects.get(project)?.artifacts.get(name);
  if (document === undefined) return null;
  const about = { configuration: `projects/${project}/artifacts/${name}.yaml`, commit: snapshot.commit };
  // What the file tells of its version stands in where nobody gave it.
  const told = (document.value.parameters ?? []).some((one) => version !== null && one.name === 'version')
    ? { version: version ?? '' }
    : {};
  const values = { ...told, ...asked.parameters };
  const parameters = Object.entries(values).map(([parameter, value]) => ({
    name: parameter,
    value,
    given: parameter in asked.parameters,
  }));
  const given = fillParameters(document.value, values);
  const filled = given.ok || hasParameters(asked.parameters) ? given : fillParameters(document.value, {});
  if (!filled.ok) {
    const findings = filled.problems.map((one) =>
      fail({
        rule: 'policy.parameters',
        message: one.message,
        expected: one.expected,
        fix: `${one.fix} Of a sample: drop it again with values in the form, or countersign preflight FILE --config CONFIG --parameter NAME=VALUE`,
        policy: document.locate(one.path),
      }),
    );
    return {
      ...about,
      passed: null,
      parameters: parameters.filter((one) => one.given),
      ...firstFindings(findings),
    };
  }
  const locations = elementLocations(document);
  const upstream = { roots: rootsOf(snapshot) ?? [], now };
  const own = `${folder}-policy`;
  try {
    const inspection = await inspector.inspect({
      file,
      folder: own,
      configuration: filled.configuration,
      locations,
      upstream,
      signal,
    });
    const { elements } = compileConfiguration(filled.configuration);
    const all = allFindings(inspection, elements, locations);
    const refused = failures(all);
    return {
      ...about,
      passed: refused.length === 0,
      parameters: given.ok ? parameters : [],
      ...firstFindings([...refused, ...warnings(all)]),
    };
  } finally {
    await inspector.discard(own);
  }
}

function rootsOf(snapshot: PolicySnapshot | null): readonly Uint8Array[] | null {
  const roots = snapshot?.trustRoot.value.upstreamRoots;
  return roots?.map(({ certificate }) => new Uint8Array(new X509Certificate(certificate).raw)) ?? null;
}

function digestOf(value: object) {
  const json = JSON.parse(JSON.stringify(value)) as JsonValue;
  return parseSha256Hex(createHash('sha256').update(canonicalJson(json)).digest('hex'));
}
