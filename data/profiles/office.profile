[Profile]
Version=1
Id=office
Name=Office
Name[de]=Büro
Description=Works on the documents that it is given, without a network
Description[de]=Arbeitet an den übergebenen Dokumenten, ohne Netzwerk
Icon=x-office-spreadsheet
Applications=libreoffice-startcenter.desktop;libreoffice-writer.desktop;libreoffice-calc.desktop;libreoffice-impress.desktop;libreoffice-draw.desktop;libreoffice-base.desktop;libreoffice-math.desktop;abiword.desktop;gnumeric.desktop;org.kde.calligrawords.desktop;
Categories=Office;

[Network]
Mode=none
