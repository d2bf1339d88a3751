/** What the other routes below `/api` answer: uploads by people, webhooks. */
import { kind } from './problem-kind.ts';

export const problemsOfRoutes = {
  ARTIFACT_MISSING: kind(400, 'No file', {
    meaning: 'No file was chosen, or it is empty.',
    fix: 'Choose the file that is to be signed.',
  }),
  HEADER_MISSING: kind(400, 'Header missing', {
    meaning: 'A webhook’s delivery lacks a header that GitHub always sends, or has a malformed one.',
    fix: 'Let GitHub deliver it again.',
  }),
  PAYLOAD_INVALID: kind(400, 'Delivery not readable', {
    meaning: 'A webhook’s delivery is not the JSON that GitHub sends.',
    fix: 'Set the content type of the webhook to application/json.',
  }),
  SIGNATURE_INVALID: kind(401, 'Delivery not signed by the host', {
    meaning: 'A webhook’s delivery is not signed with the portal’s secret.',
    fix: 'Give the app and the portal the same secret.',
  }),
  SIGNATURE_MISSING: kind(401, 'Delivery not signed', {
    meaning: 'A webhook’s delivery has no signature.',
    fix: 'Set a secret for the webhook.',
  }),
  FOREIGN_PAGE: kind(403, 'Not from here', {
    meaning: 'The form was not sent from a page of this portal.',
    fix: 'Use the form of the portal; programs use /api/v1 with an API token.',
  }),
  NO_DELIVERIES: kind(404, 'No deliveries here', {
    meaning: 'The portal is configured without a GitHub App, so it takes no deliveries.',
    fix: 'Remove the webhook, or configure the app.',
  }),
  UNKNOWN_SAMPLE: kind(404, 'No such sample', {
    meaning: 'There is no such sample, or it isn’t one of yours. Samples are kept for a day.',
    fix: 'Drop the file again.',
  }),
  BUNDLE_INVALID: kind(422, 'Attestation not readable', {
    meaning: 'The file with the proof of origin is no Sigstore bundle, or holds none about this file.',
    fix: 'Choose the file that actions/attest-build-provenance made.',
  }),
  SAMPLES_WAITING: kind(429, 'Too many samples', {
    meaning: 'Samples of this person or project wait for the signer, or it looked at many within a day.',
    fix: 'Wait until it has looked at them.',
  }),
  OTHER_CONFIGURATION: kind(422, 'Another artifact configuration', {
    meaning: 'The request names an artifact configuration that isn’t the one of its signing policy.',
    fix: 'Leave artifact-configuration-slug out, or name the policy that has this configuration.',
  }),
  OTHER_REPOSITORY: kind(422, 'Another repository', {
    meaning: 'The workflow runs in another repository than the signing policy names.',
    fix: 'Name the project of this repository, or change the policy.',
  }),
  STILL_FETCHING: kind(503, 'Still fetching', {
    meaning: 'The portal is still fetching the artifact from the code host.',
    fix: 'Send the same again: it attaches to the fetch.',
  }),
  DELIVERY_NOT_TAKEN: kind(503, 'Delivery not taken', {
    meaning: 'The portal failed to take a webhook’s delivery.',
    fix: 'Deliver it again: GitHub keeps it for some days.',
  }),
};
