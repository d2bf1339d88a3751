/** Problems of the portal’s pages: forms, and pages whose addresses users enter. */
import { kind } from './problem-kind.ts';

export const problemsOfPages = {
  FORM_INVALID: kind(400, 'Form not valid', {
    meaning: 'The form isn’t as the portal’s page sends it, or only a part of it arrived.',
    fix: 'Load the page again, and fill the form in there.',
  }),
  FORM_UNREADABLE: kind(400, 'Not a form of this portal', {
    meaning: 'The data could not be read as a form. Nothing was done.',
    fix: 'Load the page again, and fill the form in there.',
  }),
  NOT_SIGNED_IN: kind(401, 'Not signed in', {
    meaning: 'Only people who are signed in can do this.',
    fix: 'Sign in in another tab, then send this again.',
  }),
  CONFLICT_OF_INTEREST: kind(403, 'Not allowed', {
    meaning: 'People involved with a project don’t review it.',
    fix: 'Leave the review to somebody else.',
  }),
  OWN_CHANGE: kind(403, 'Not allowed', {
    meaning: 'Nobody accepts a change of their own.',
    fix: 'Ask another policy maintainer to sign.',
  }),
  LINK_INVALID: kind(404, 'Link not valid', {
    meaning: 'The link is not from this portal’s e-mails, or no longer valid.',
    fix: 'Copy the whole link from the newest e-mail.',
  }),
  NO_ADMISSION: kind(404, 'No applications here', {
    meaning: 'This foundation takes no applications here.',
    fix: 'Its page says how to contact it.',
  }),
  NO_POLICY_HOST: kind(404, 'No changes here', {
    meaning: 'The portal is not connected to the Git host of the policy repository.',
    fix: 'Propose the change on the Git host.',
  }),
  NO_SUCH_WEBHOOK: kind(404, 'No such webhook', {
    meaning: 'The project has no such webhook, or the delivery isn’t kept any more.',
    fix: 'Choose one of those that the project’s page lists.',
  }),
  UNKNOWN_APPLICATION: kind(404, 'No such application', {
    meaning: 'There is no such application, or it is somebody else’s.',
    fix: 'Choose one of your own.',
  }),
  UNKNOWN_CHANGE: kind(404, 'No such change', {
    meaning: 'There is no policy change with this number or branch.',
    fix: 'Check the number; it may have been removed.',
  }),
  UNKNOWN_QUESTION: kind(404, 'No such question', {
    meaning: 'This question isn’t asked (any more).',
    fix: 'Load the page again.',
  }),
  UNKNOWN_REPORT: kind(404, 'No such report', {
    meaning: 'There is no report with this number.',
    fix: 'Look it up in the list of reports.',
  }),
  UNKNOWN_REVIEW: kind(404, 'No such review', {
    meaning: 'There is no such review.',
    fix: 'Look it up in the list of reviews.',
  }),
  ALREADY_CLOSED: kind(409, 'Closed already', {
    meaning: 'Somebody has closed the report in the meantime.',
    fix: 'Check its current state.',
  }),
  CHANGED_MEANWHILE: kind(409, 'Changed meanwhile', {
    meaning: 'Somebody else changed it before this was sent.',
    fix: 'Check its current state, then decide again.',
  }),
  CLAIMED_BY_OTHER: kind(409, 'Claimed by somebody else', {
    meaning: 'Another reviewer works on it.',
    fix: 'Wait until their claim expires, or ask them.',
  }),
  NOT_ACCEPTED: kind(409, 'Not accepted', {
    meaning: 'The foundation hasn’t accepted this project, or there is nothing to propose again.',
    fix: 'Check the status of the application.',
  }),
  NOT_A_DRAFT: kind(409, 'Sent already', {
    meaning: 'The application has been sent or withdrawn, so it can’t be changed any more.',
    fix: 'Write a message to the reviewers.',
  }),
  NOT_CLAIMED: kind(409, 'Not claimed', {
    meaning: 'Only the reviewer who has claimed the review can do this, and claims expire.',
    fix: 'Claim it, then do it again.',
  }),
  NOT_COMPLETE: kind(409, 'Not complete', {
    meaning: 'Answers are missing.',
    fix: 'Answer what is marked.',
  }),
  NOT_POSSIBLE_NOW: kind(409, 'Not possible now', {
    meaning: 'As things stand, this can’t be done.',
    fix: 'Load the page again: it says what can be done.',
  }),
  NOT_READY: kind(409, 'Not ready', {
    meaning: 'Something is missing before the change can be merged.',
    fix: 'The page of the change says what.',
  }),
  PAGE_OUTDATED: kind(409, 'The page is older than the portal', {
    meaning:
      'The portal was updated since the page was loaded, or the form is not one of the portal’s. Nothing was done.',
    fix: 'Copy what you entered, load the page again, and send it from there.',
  }),
  TOO_MANY_WEBHOOKS: kind(409, 'Too many webhooks', {
    meaning: 'The project has as many webhooks as it may have.',
    fix: 'Remove one that nobody needs, then add the new one.',
  }),
  WEBHOOK_DISABLED: kind(409, 'Webhook disabled', {
    meaning: 'The webhook is disabled, or has no secret to rotate.',
    fix: 'Enable the webhook, or remove it and add it again.',
  }),
  TOO_MANY: kind(409, 'Too many', {
    meaning: 'The limit per person is reached.',
    fix: 'Remove one that isn’t needed any more.',
  }),
  LINK_EXPIRED: kind(410, 'Link expired', {
    meaning: 'The link has expired.',
    fix: 'Sign in and let the page of messages send another one.',
  }),
  FORM_TOO_LARGE: kind(413, 'Too much was sent', {
    meaning: 'The form is larger than allowed. Nothing was done.',
    fix: 'Go back: the browser still has what was entered. Shorten it, then send it again.',
  }),
  ADDRESS_REFUSED: kind(422, 'Address not valid', {
    meaning: 'The portal doesn’t fetch pages from this address.',
    fix: 'Name a page that everybody can read, with https.',
  }),
  ANSWER_INVALID: kind(422, 'Answer not valid', {
    meaning: 'An answer of the application isn’t acceptable.',
    fix: 'Correct what is marked: nothing that was typed is lost.',
  }),
  BAD_STATUS: kind(422, 'Page not readable', {
    meaning: 'The page answers with an error.',
    fix: 'Check its address in a browser.',
  }),
  CHANGE_INVALID: kind(422, 'Change not valid', {
    meaning: 'The proposed change isn’t valid.',
    fix: 'Correct it and send it again.',
  }),
  CHOICE_INVALID: kind(422, 'Choice not valid', {
    meaning: 'What was chosen isn’t among the choices.',
    fix: 'Correct what is marked.',
  }),
  DECISION_INVALID: kind(422, 'Decision not valid', {
    meaning: 'The decision is incomplete, or contains something invalid.',
    fix: 'Correct what is marked.',
  }),
  EVIDENCE_INVALID: kind(422, 'Evidence not valid', {
    meaning: 'The evidence is incomplete, or contains something invalid.',
    fix: 'Correct what is marked.',
  }),
  INVALID: kind(422, 'Not valid', {
    meaning: 'A field of the form is missing or not valid.',
    fix: 'Correct what is marked.',
  }),
  KEY_INVALID: kind(422, 'Key not valid', {
    meaning: 'This is not an acceptable SSH public key.',
    fix: 'Paste the line of a file that ends with .pub.',
  }),
  MEMBER_INVALID: kind(422, 'Member not valid', {
    meaning: 'The person’s data is incomplete, or not valid.',
    fix: 'Correct what is marked.',
  }),
  NOT_RESOLVED: kind(422, 'Page not found', {
    meaning: 'The host of the page that was named is not known.',
    fix: 'Check its address in a browser.',
  }),
  NOT_TEXT: kind(422, 'Page not readable', {
    meaning: 'The page that was named is no text.',
    fix: 'Name a page that people read.',
  }),
  PERIOD_INVALID: kind(422, 'Period not valid', {
    meaning: 'The period of the export isn’t one.',
    fix: 'Correct what is marked.',
  }),
  SIGNATURE_NOT_VALID: kind(422, 'Signature not valid', {
    meaning: 'The SSH signature doesn’t count: its text, its namespace or its key is wrong.',
    fix: 'Sign exactly what the page shows, with a key that the policy lists.',
  }),
  TEXT_INVALID: kind(422, 'Text not valid', {
    meaning: 'The text is missing or too long.',
    fix: 'Correct what is marked.',
  }),
  TIMEOUT: kind(422, 'Page not readable', {
    meaning: 'The page that was named didn’t answer in time.',
    fix: 'Try again later, or name another page.',
  }),
  TOO_LARGE: kind(422, 'Page not readable', {
    meaning: 'The page that was named is too large.',
    fix: 'Name a smaller page.',
  }),
  TOO_MANY_REDIRECTS: kind(422, 'Page not readable', {
    meaning: 'The page that was named leads from one address to the next.',
    fix: 'Name the address where it ends.',
  }),
  UNKNOWN_CERTIFICATE: kind(422, 'No such certificate', {
    meaning: 'No certificate that can be meant has this serial number.',
    fix: 'Choose it on the page of certificates.',
  }),
  UNREACHABLE: kind(422, 'Page not readable', {
    meaning: 'The page that was named can’t be reached.',
    fix: 'Check its address in a browser.',
  }),
  WEBHOOK_EVENTS_INVALID: kind(422, 'Events not valid', {
    meaning: 'A webhook has to be told of something.',
    fix: 'Select at least one kind of event.',
  }),
  WEBHOOK_FORMAT_INVALID: kind(422, 'Format not valid', {
    meaning: 'A webhook sends messages of one format, or starts a workflow or pipeline.',
    fix: 'Select one.',
  }),
  WEBHOOK_START_INVALID: kind(422, 'Nothing to start', {
    meaning:
      'A webhook that starts a workflow or pipeline lacks what the host needs for it, or the project has no policy with builds of that host.',
    fix: 'Enter the token that the host gave you, and for GitLab a branch or tag; the host is the one that a policy’s origin names.',
  }),
  WEBHOOK_URL_INVALID: kind(422, 'Address not valid', {
    meaning:
      'Webhooks only lead to public https:// addresses, without a user name, on the ports that the operator allows.',
    fix: 'Enter such an address. A receiver inside a private network needs a public one in front of it.',
  }),
  VIEW_INVALID: kind(422, 'View not valid', {
    meaning: 'The view can’t be kept as it is, or there are as many as one person may have.',
    fix: 'Correct what is marked, or remove another.',
  }),
  CONFIRMATION_LIMIT: kind(429, 'Too many e-mails asked for', {
    meaning: 'An address and an account get only so many e-mails an hour and a day.',
    fix: 'Wait an hour; look where unwanted mail goes.',
  }),
  TOO_MANY_EXPORTS: kind(429, 'Too many exports', {
    meaning: 'Only so many exports can be asked for in a day.',
    fix: 'Take one that is there, or wait.',
  }),
  TOO_SOON: kind(429, 'Too soon', {
    meaning: 'This was done a moment ago.',
    fix: 'Wait a minute, then do it again.',
  }),
  HOST_UNAVAILABLE: kind(503, 'Host unavailable', {
    meaning: 'The Git host or the code host didn’t answer as it should. Nothing was lost.',
    fix: 'Do it again in a while.',
  }),
  TOO_MANY_REPORTS: kind(503, 'Too many reports', {
    meaning: 'So many reports are open that no more can be accepted.',
    fix: 'Write to the foundation, whose page about itself has the address.',
  }),
};
