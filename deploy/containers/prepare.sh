#!/bin/sh
# Inside a container of the signer's image, as root, with the volumes that it names (compose.yaml: prepare):
#   prepare.sh folders        gives the shared folders their owners, groups and rights, as deploy/tmpfiles.d does on a host
#   prepare.sh token LABEL    moves a SoftHSM token from the ceremony's folder to the process that signs with it
set -eu
state=/var/lib/countersign
portal=64010 signer=64011 tsa=64012 authority=64013
artifacts=64020 released=64021 register=64022 answers=64023

folders() {
  install -d -m 0755 -o 0 -g 0 "$state/keys"
  install -d -m 0700 -o $signer -g $signer "$state/keys/wrapped"
  install -d -m 2750 -o $portal -g $artifacts "$state/artifacts"
  install -d -m 2750 -o $signer -g $released "$state/released"
  install -d -m 2750 -o $signer -g $register "$state/register"
  install -d -m 0755 -o $authority -g $authority "$state/pki"
  install -d -m 2750 -o $authority -g $answers /run/countersign-answers
  install -d -m 0700 -o $portal -g $portal "$state/portal"
  install -d -m 0700 -o $signer -g $signer "$state/signer"
  install -d -m 0700 -o $tsa -g $tsa "$state/tsa"
  install -d -m 0700 -o $authority -g $authority "$state/authority"
}

token() {
  case "$1" in
    signing) owner=$signer folder=$state/signer ;;
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
  folders) folders ;;
  token) token "${2:?usage: prepare.sh token LABEL}" ;;
  *) echo 'usage: prepare.sh folders | token LABEL' >&2; exit 2 ;;
esac
