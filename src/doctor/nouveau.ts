/** As a person would type it: keeps nouveau from loading by itself and from taking the screen. */
export const blacklistCommand = "printf 'blacklist nouveau\\noptions nouveau modeset=0\\n' | sudo tee /etc/modprobe.d/disable-nouveau.conf";
