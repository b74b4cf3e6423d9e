# The data base itself is shared at the launch: glovebox run --profile password-manager …
[Profile]
Version=1
Id=password-manager
Name=Password manager
Name[de]=Passwortverwaltung
Description=Opens the data base that you choose, and never has a network
Description[de]=Öffnet die gewählte Datenbank und hat nie ein Netzwerk
Icon=dialog-password
Applications=org.keepassxc.KeePassXC.desktop;keepassx.desktop;keepass2.desktop;org.gnome.World.Secrets.desktop;

[Files]
Home=private

[Network]
Mode=none

[Share database]
Presence=ask
Access=rw

[Locks]
Network.Mode=none
