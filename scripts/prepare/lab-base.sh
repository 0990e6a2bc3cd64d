#!/bin/sh
# Makes the Debian 12 that the labs of test/e2e/lab begin from, in the folder $1: run by lab.mjs as root, in a mount namespace of
# its own. It has an older kernel; a newer one, DKMS and whatever else the tests install lie in its archive, /srv/archive/pool.
set -eu
target=$1
mirror=http://deb.debian.org/debian
export DEBIAN_FRONTEND=noninteractive LC_ALL=C

debootstrap --variant=minbase \
  --include=gcc,make,libc6-dev,dpkg-dev,kmod,initramfs-tools,zstd,openssl,systemd,makeself,faketime,procps,iproute2 \
  bookworm "$target" "$mirror"
mount -t proc proc "$target/proc"
inside() { chroot "$target" "$@"; }
# No service starts in a chroot.
printf '#!/bin/sh\nexit 101\n' > "$target/usr/sbin/policy-rc.d"
chmod 755 "$target/usr/sbin/policy-rc.d"
# An image with every driver takes half a minute; one with what the tests look for takes a second.
printf 'MODULES=list\nBUSYBOX=auto\nCOMPRESS=zstd\nCOMPRESSLEVEL=1\nFSTYPE=ext4\n' > "$target/etc/initramfs-tools/conf.d/lab"
cat > "$target/etc/apt/sources.list" <<END
deb $mirror bookworm main
deb $mirror bookworm-updates main
deb http://deb.debian.org/debian-security bookworm-security main
END
inside apt-get update
kernels=$(inside apt-cache search --names-only '^linux-image-6\.1\.0-[0-9]+-cloud-amd64$' | cut -d' ' -f1 | sed 's/^linux-image-//' | sort -V | tail -n 2)
older=$(echo "$kernels" | head -n 1)
newer=$(echo "$kernels" | tail -n 1)
test "$older" != "$newer"
inside apt-get install -y --no-install-recommends "linux-image-$older" "linux-headers-$older"
inside apt-get clean
inside apt-get install -y --no-install-recommends --download-only \
  dkms "linux-image-$newer" "linux-headers-$newer" linux-image-cloud-amd64 linux-headers-cloud-amd64 mokutil libcap2-bin
mkdir -p "$target/srv/archive/pool" "$target/srv/lab"
mv "$target"/var/cache/apt/archives/*.deb "$target/srv/archive/pool/"
inside apt-get clean
find "$target/var/lib/apt/lists" "$target/var/log" -type f -delete
# What mounts of the tests lie on: Node, the checkout, and a machine's own /sys and /dev.
mkdir -p "$target/opt/gpu-setup"
: > "$target/usr/local/bin/node"
: > "$target/etc/resolv.conf"
echo 0123456789abcdef0123456789abcdef > "$target/etc/machine-id"
echo lab > "$target/etc/hostname"
printf '{ "older": "%s", "newer": "%s" }\n' "$older" "$newer" > "$target/srv/lab/kernels.json"
umount "$target/proc"
