/** Object identifiers of catalogs, from the Windows SDK (mscat.h, wincrypt.h). */
export const catalogOids = {
  /** szOID_CTL: the content type. */
  list: '1.3.6.1.4.1.311.10.1',
  /** szOID_CATALOG_LIST: what such a list is for. */
  usage: '1.3.6.1.4.1.311.12.1.1',
  /** szOID_CATALOG_LIST_MEMBER: tags are digests as text. */
  member: '1.3.6.1.4.1.311.12.1.2',
  /** szOID_CATALOG_LIST_MEMBER_V2: tags are digests as octets. */
  memberV2: '1.3.6.1.4.1.311.12.1.3',
  /** CAT_NAMEVALUE_OBJID. */
  nameValue: '1.3.6.1.4.1.311.12.2.1',
  /** CAT_MEMBERINFO_OBJID, CAT_MEMBERINFO2_OBJID: which program computes the digest of such a file. */
  memberInfo: '1.3.6.1.4.1.311.12.2.2',
  memberInfo2: '1.3.6.1.4.1.311.12.2.3',
} as const;
