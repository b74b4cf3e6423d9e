[Profile]
Version=1
Id=games
Name=Games
Name[de]=Spiele
Description=Plays without a network, with OpenGL in software
Description[de]=Spielt ohne Netzwerk, mit OpenGL in Software
Icon=applications-games
Applications=org.gnome.Mines.desktop;org.gnome.Mahjongg.desktop;org.gnome.Chess.desktop;supertux2.desktop;
Categories=Game;

[Files]
Home=private

[Network]
Mode=none

[Display]
Opengl=on
