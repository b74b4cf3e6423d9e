# What holds for every application, unless its own profile says otherwise.
[Profile]
Version=1
Id=default
Name=Default
Name[de]=Voreinstellung
Description=Offline, with an empty home and without shares
Description[de]=Offline, mit leerem persönlichen Ordner und ohne Freigaben
Icon=org.glovebox.Glovebox

[Network]
Mode=none

[Devices]
Clipboard=off
Audio=off
Microphone=off
Usb=off
Printing=off
