[Profile]
Version=1
Id=terminal
Name=Terminal
Name[de]=Terminal
Description=A shell to try things in, without a network
Description[de]=Eine Shell zum Ausprobieren, ohne Netzwerk
Icon=utilities-terminal
Applications=debian-xterm.desktop;debian-uxterm.desktop;xterm.desktop;org.gnome.Terminal.desktop;xfce4-terminal.desktop;org.kde.konsole.desktop;mate-terminal.desktop;lxterminal.desktop;
Categories=TerminalEmulator;

[Network]
Mode=none
