[Profile]
Version=1
Id=image-viewer
Name=Image viewer
Name[de]=Bildbetrachter
Description=Shows pictures; it sees no other file and no network
Description[de]=Zeigt Bilder; sieht keine andere Datei und kein Netzwerk
Icon=image-x-generic
Applications=org.gnome.eog.desktop;eog.desktop;eom.desktop;xviewer.desktop;org.kde.gwenview.desktop;ristretto.desktop;org.xfce.ristretto.desktop;gpicview.desktop;feh.desktop;geeqie.desktop;org.gnome.Loupe.desktop;

[Network]
Mode=none
