-- MariaDB dump 10.19
INSERT INTO `people` (`id`,`email`,`given_name`,`family_name`) VALUES (1,'ulla@example.com','Ulla \"(the first)\"','O\'Hara; DROP TABLE `people`'),(2,'otto@example.com','Otto\\','Müller -- senior'),(3,'pia@example.com','Pia','/* none */');
