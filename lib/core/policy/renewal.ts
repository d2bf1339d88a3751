/** How long a certificate's successor is announced before it signs, where `foundation.yaml` doesn't say. */
export const renewalNoticeDaysDefault = 14;
