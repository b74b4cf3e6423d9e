[Profile]
Version=1
Id=development
Name=Development
Name[de]=Entwicklung
Description=Builds a project of yours: you choose its folder at each launch, and the Internet is reachable
Description[de]=Baut ein Projekt: Der Ordner wird bei jedem Start gewählt, und das Internet ist erreichbar
Icon=applications-development
Applications=SciTE.desktop;org.gnome.Builder.desktop;geany.desktop;codeblocks.desktop;org.kde.kdevelop.desktop;code.desktop;
Categories=IDE;

[Files]
Home=private

[Network]
Mode=user

[Share project]
Presence=ask
Access=rw
