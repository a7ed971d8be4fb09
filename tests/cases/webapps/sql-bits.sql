-- MySQL dump 10.13
CREATE TABLE `users` (
  `id` bigint NOT NULL,
  `email` varchar(255),
  `password` varchar(255),
  `is_active` bit(1) NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB;
INSERT INTO `users` VALUES (1,'ulla@example.com','$2y$04$3m46DMog3mnyWCko2ZJFUOCS/UfLV.YZuiwv.qQrykDzY/RJ8WScG',_binary ''),(2,'otto@example.com','$2y$04$3m46DMog3mnyWCko2ZJFUOCS/UfLV.YZuiwv.qQrykDzY/RJ8WScG',_binary '\0'),(3,'pia@example.com','$2y$04$3m46DMog3mnyWCko2ZJFUOCS/UfLV.YZuiwv.qQrykDzY/RJ8WScG',0x00),(4,'noa@example.com','$2y$04$3m46DMog3mnyWCko2ZJFUOCS/UfLV.YZuiwv.qQrykDzY/RJ8WScG',b'1'),(5,'tom@example.com','$2y$04$3m46DMog3mnyWCko2ZJFUOCS/UfLV.YZuiwv.qQrykDzY/RJ8WScG',b'0');
