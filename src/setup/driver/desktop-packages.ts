/** Packages without which a desktop does not start: a removal that takes one along is refused. */
const desktop =
  /^((ubuntu|kubuntu|xubuntu|lubuntu|edubuntu|ubuntu-(mate|budgie|cinnamon|unity))-desktop(-minimal)?|task-(\S+-)?desktop|(gnome|kde|xfce4|lxde|lxqt|mate|cinnamon|budgie)(-(shell|session|core|desktop|plasma-desktop|full|standard))?(-environment)?|plasma-(desktop|workspace)|gdm3?|lightdm|sddm|lxdm|xdm|slim|nodm|greetd|xorg|xserver-xorg(-core)?|xwayland|mutter|kwin-(x11|wayland)|sway|weston|hyprland|pop-desktop)$/;

/** Those of `names` that make a desktop, as apt spells them: `gdm3:amd64`. */
export const desktopAmong = (names: Iterable<string>): readonly string[] =>
  [...names].filter((name) => desktop.test(name.split(':', 1)[0]!));
