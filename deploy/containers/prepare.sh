#!/bin/sh
# Inside a container of the signer's image, as root, with the volumes that it names (compose.yaml: prepare):
#   prepare.sh folders [NAME …]   gives the folders (left out: all) their owners, groups and rights, as deploy/tmpfiles.d does on a host
#   prepare.sh token LABEL        moves a SoftHSM token from the ceremony's folder to the process that signs with it
set -eu
state=/var/lib/countersign
portal=64010 signer=64011 tsa=64012 authority=64013
artifacts=64020 released=64021 register=64022 answers=64023

folder() {
  case "$1" in
    keys)
      install -d -m 0755 -o 0 -g 0 "$state/keys"
      install -d -m 0700 -o $signer -g $signer "$state/keys/wrapped"
      ;;
    artifacts) install -d -m 2750 -o $portal -g $artifacts "$state/artifacts" ;;
    released) install -d -m 2750 -o $signer -g $released "$state/released" ;;
    register) install -d -m 2750 -o $signer -g $register "$state/register" ;;
    pki) install -d -m 0755 -o $authority -g $authority "$state/pki" ;;
    answers) install -d -m 2750 -o $authority -g $answers /run/countersign-answers ;;
    portal) install -d -m 0700 -o $portal -g $portal "$state/portal" ;;
    signer) install -d -m 0700 -o $signer -g $signer "$state/signer" ;;
    tsa) install -d -m 0700 -o $tsa -g $tsa "$state/tsa" ;;
    authority) install -d -m 0700 -o $authority -g $authority "$state/authority" ;;
    *) echo "prepare.sh: there is no folder $1" >&2; exit 2 ;;
  esac
}

token() {
  case "$1" in
    # The log's key signs what the command audit writes, which is the signer's, too.
    signing | log) owner=$signer folder=$state/signer ;;
    timestamping) owner=$tsa folder=$state/tsa ;;
    issuing) owner=$authority folder=$state/authority ;;
    *) echo "prepare.sh: no process signs with a token $1" >&2; exit 2 ;;
  esac
  # A token's label is padded to 32 characters in its object (PKCS #11, CK_TOKEN_INFO).
  found=$(grep --recursive --files-with-matches --binary-files=text --include=token.object -- "$(printf '%-32s' "$1")" /ceremony/tokens || true)
  case "$found" in
    '') echo "prepare.sh: /ceremony/tokens has no token $1" >&2; exit 1 ;;
    *"
"*) echo "prepare.sh: /ceremony/tokens has several tokens $1" >&2; exit 1 ;;
  esac
  install -d -m 0700 -o $owner -g $owner "$folder/tokens"
  mv "$(dirname "$found")" "$folder/tokens/"
  printf '%s\n' "directories.tokendir = $folder/tokens" 'objectstore.backend = file' 'log.level = ERROR' 'slots.removable = false' \
    >"$folder/softhsm2.conf"
  chown -R $owner:$owner "$folder/tokens" "$folder/softhsm2.conf"
  chmod 0400 "$folder/softhsm2.conf"
}

case "${1-}" in
  folders)
    shift
    [ $# -gt 0 ] || set -- keys artifacts released register pki answers portal signer tsa authority
    for each in "$@"; do folder "$each"; done
    ;;
  token) token "${2:?usage: prepare.sh token LABEL}" ;;
  *) echo 'usage: prepare.sh folders [NAME …] | token LABEL' >&2; exit 2 ;;
esac
