[Profile]
Version=1
Id=archive-manager
Name=Archive manager
Name[de]=Archivverwaltung
Description=Looks into archives, without a network
Description[de]=Sieht in Archive hinein, ohne Netzwerk
Icon=package-x-generic
Applications=org.gnome.FileRoller.desktop;file-roller.desktop;engrampa.desktop;org.kde.ark.desktop;xarchiver.desktop;
Categories=Archiving;

[Network]
Mode=none
