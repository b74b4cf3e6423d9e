[Profile]
Version=1
Id=document-viewer
Name=Document viewer
Name[de]=Dokumentenbetrachter
Description=Shows one document; it sees no other file and no network
Description[de]=Zeigt ein Dokument; sieht keine andere Datei und kein Netzwerk
Icon=x-office-document
Applications=org.gnome.Evince.desktop;org.gnome.evince.desktop;evince.desktop;org.kde.okular.desktop;okularApplication_pdf.desktop;atril.desktop;xreader.desktop;qpdfview.desktop;mupdf.desktop;org.pwmt.zathura.desktop;xpdf.desktop;

[Network]
Mode=none
